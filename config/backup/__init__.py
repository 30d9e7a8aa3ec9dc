"""Backups: made while the site is in use, checked before they are used, and gone when their time is over.

A backup folder holds a pool of files by their SHA-256, shared by all backups in it, and for each backup a folder with
the database and a manifest of checksums. The index is not in it: it is made again from the stored vectors.

    FOLDER/files/ab/ab12…                 the pool
    FOLDER/2026-01-31T023000Z-1f2e/       one backup: manifest.json, its checksum, the database, the trail's key
    FOLDER/erased.json                    what was erased since, so that a restore does not bring it back
"""
