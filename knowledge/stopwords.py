"""Words too common to tell documents apart, by language. Written for this project: function words only.

Negations stay in: "not", "without" and their like change what a sentence says.
"""

from __future__ import annotations

_WORDS = {
    "en": """a about above after again all also am an and any are as at be because been before being below
        between both but by can could did do does doing down during each few for from further had has have
        having he her here hers him his how i if in into is it its itself just let me more most my of off on
        once one only or other our ours out over own please same she should so some such than that the their
        them then there these they this those through to too under until up us very was we were what when
        where which while who whom whose why will with would you your""",
    "de": """aber alle als also am an auch auf aus bei beim bin bis bist da dass dem den der des dich die dies
        diese diesem diesen dieser dieses dir doch du durch ein eine einem einen einer eines er es euch für
        gibt hat hatte ich ihm ihn ihr ihre im in ist ja kann man mein mich mir mit nach noch nun nur ob
        oder sehr sein seine sich sie sind so über um und uns unter vom von vor war waren was welche welcher
        welches wenn wer wie wir wird wo wurde zu zum zur""",
    "es": """a al algo ante antes como con cual cuál cuando cuándo de del desde donde dónde durante e el él ella
        ellos en entre era eran es esa ese eso esta está estas este esto estos fue fueron ha hay la las le
        les lo los más me mi muy o para pero por porque qué que quien quién se ser si sido sobre son su sus
        también te tiene tu un una uno unos y ya yo""",
    "fr": """a à au aux avec ce ces cette comme d dans de des du elle elles en est et été être eu il ils j je l
        la le les leur leurs lui m mais me mes moi mon n nos notre nous on ont ou où par pour qu que quel
        quelle quels qui s sa se ses son sont sur t ta te tes toi ton tu un une vos votre vous y""",
    "it": """a ad agli ai al alla alle anche che chi ci come con cui da dal dalla degli dei del della delle di
        dove e è ed era gli ha hanno i il in io l la le lo ma mi nei nel nella o per più quale quando quello
        questa questo se si sono su sua sue sui sul sulla suo tra un una uno""",
    "nl": """aan al als bij dan dat de den der deze die dit door een en er had heb heeft het hij hoe ik in is je
        kan met mijn naar nog of om onder ook op over te tot u uit van voor was wat we wel welke werd wie
        wij worden zijn zo""",
    "pt": """a à ao aos as às com como da das de do dos e é ela ele em entre era essa esse esta este eu foi há
        isso isto já lhe mais mas me meu minha na nas no nos o onde os ou para pela pelo por qual quando que
        quem se ser seu sua são também te um uma""",
    "ru": """а бы был была были было в вас во вот все вы где да для до его ее её если есть еще ещё же за и из или
        им их к как какая какие какое какой ко когда кто ли мне мы на над него нее но о об он она они оно от
        по под при с со так также там то того только тот у уже чем что чтобы эта эти это этот я""",
}

STOP_WORDS = {language: frozenset(words.split()) for language, words in _WORDS.items()}
