"""Counting what people use, in the broker when it answers and in this process when it does not.

Both counters keep the same two things: buckets, which fill by use and empty with time, and sets of leases, which end
when they are released or not renewed. In the broker they hold for all processes together and by the broker's clock.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol, TypeVar, cast
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from redis import Redis, RedisError

log = logging.getLogger("footnote.limits")
Found = TypeVar("Found")

_AWAY_SECONDS = 5.0  # so long the broker is left alone after it did not answer
_PATIENCE_SECONDS = 0.5
_MOST_KEPT = 50_000  # keys of this process; beyond that those that are over are dropped
_PREFIX = "footnote:limit:"
# As Celery writes them → as the client does.
_SCHEMES = {"redis+socket": "unix", "valkey": "redis", "valkeys": "rediss"}

# KEYS[1] holds when the bucket will be empty, in ms. ARGV: window in ms, what one use adds in ms, whether it is forced.
_FILL = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local empty = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local wanted = empty + ARGV[2]
local over = wanted - now - ARGV[1]
if over > 0 and ARGV[3] == '0' then return math.ceil(over) end
redis.call('SET', KEYS[1], string.format('%d', math.ceil(wanted)), 'PX', math.max(1, math.ceil(wanted - now)))
return 0
"""
# KEYS[1] is a sorted set of leases by their end. ARGV: how many at once, how long in ms, the lease. 1 when it is held.
_HOLD = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local mine = redis.call('ZSCORE', KEYS[1], ARGV[3])
if not mine and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""


class Counter(Protocol):
    """Where use is counted. Windows, costs and waits are milliseconds."""

    def fill(self, key: str, window: int, cost: float, forced: bool) -> int:
        """Adds ``cost`` to a bucket that empties by itself and holds ``window``. 0 when it went in, otherwise how long
        to wait until it would, and nothing was added; forced, it goes in whatever is there."""
        ...

    def hold(self, key: str, at_once: int, lasting: int, lease: str) -> bool:
        """Takes or renews a lease; False when ``at_once`` others are held."""
        ...

    def release(self, key: str, lease: str) -> None: ...


class BrokerCounter:
    """In Redis or Valkey; each step is one script, so that nobody comes in between. Raises RedisError."""

    def __init__(self, url: str) -> None:
        patience = {"socket_timeout": _PATIENCE_SECONDS, "socket_connect_timeout": _PATIENCE_SECONDS}
        self._client = Redis.from_url(client_url(url), **patience)
        self._fill = self._client.register_script(_FILL)
        self._hold = self._client.register_script(_HOLD)

    def fill(self, key: str, window: int, cost: float, forced: bool) -> int:
        return int(cast("int", self._fill(keys=[_PREFIX + key], args=[window, cost, int(forced)])))

    def hold(self, key: str, at_once: int, lasting: int, lease: str) -> bool:
        return bool(self._hold(keys=[_PREFIX + key], args=[at_once, lasting, lease]))

    def release(self, key: str, lease: str) -> None:
        self._client.zrem(_PREFIX + key, lease)


class LocalCounter:
    """In this process alone: each process then counts for itself, so limits are as many times as high."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._empty: dict[str, float] = {}
        self._leases: dict[str, dict[str, float]] = {}

    def fill(self, key: str, window: int, cost: float, forced: bool) -> int:
        now = time.monotonic() * 1000
        with self._lock:
            if len(self._empty) > _MOST_KEPT:
                self._empty = {name: end for name, end in self._empty.items() if end > now}
            filled = max(0.0, self._empty.get(key, now) - now)
            over = filled + cost - window  # apart from the clock's large numbers: rounding would refuse a full bucket
            if over > 0 and not forced:
                return int(over) + 1
            self._empty[key] = now + filled + cost
            return 0

    def hold(self, key: str, at_once: int, lasting: int, lease: str) -> bool:
        now = time.monotonic() * 1000
        with self._lock:
            held = {name: end for name, end in self._leases.get(key, {}).items() if end > now}
            self._leases[key] = held
            if lease not in held and len(held) >= at_once:
                return False
            held[lease] = now + lasting
            return True

    def release(self, key: str, lease: str) -> None:
        with self._lock:
            self._leases.get(key, {}).pop(lease, None)
            if not self._leases.get(key):
                self._leases.pop(key, None)


class SafeCounter:
    """The broker's counter; this process's own while the broker is away, which the log says once each way."""

    def __init__(self, broker: Counter) -> None:
        self._broker = broker
        self._local = LocalCounter()
        self._away_until = 0.0
        self._away = False

    def fill(self, key: str, window: int, cost: float, forced: bool) -> int:
        return self._ask(lambda counter: counter.fill(key, window, cost, forced))

    def hold(self, key: str, at_once: int, lasting: int, lease: str) -> bool:
        return self._ask(lambda counter: counter.hold(key, at_once, lasting, lease))

    def release(self, key: str, lease: str) -> None:
        self._local.release(key, lease)
        self._ask(lambda counter: counter.release(key, lease))

    def _ask(self, question: Callable[[Counter], Found]) -> Found:
        if time.monotonic() < self._away_until:
            return question(self._local)
        try:
            found = question(self._broker)
        except RedisError as error:
            self._away_until = time.monotonic() + _AWAY_SECONDS
            if not self._away:
                log.warning("limits.local: the broker is away (%s), this process counts alone", type(error).__name__)
            self._away = True
            return question(self._local)
        if self._away:
            log.warning("limits.shared: the broker is back and counts for all processes")
        self._away = False
        return found


def client_url(url: str) -> str:
    """The broker's address as the client takes it, from the address as Celery takes it."""
    parts = urlsplit(url)
    scheme = _SCHEMES.get(parts.scheme, parts.scheme)
    query = parts.query
    if database := parse_qs(query).get("virtual_host"):
        query = f"db={database[0].strip('/')}"
    host = f"{parts.netloc}{parts.path}"
    return f"{scheme}://{host}" + (f"?{query}" if query else "")


@lru_cache(maxsize=1)
def counter() -> Counter:
    """The counter of this process."""
    return SafeCounter(BrokerCounter(settings.REDIS_URL))


def forget() -> None:
    """Forgets what this process counted and where the broker is."""
    counter.cache_clear()
