"""Words that are never part of a name: the small words of common languages, and what every abstract says of itself.

A Collection teaches which words are its verbs (see ``phrases``); these lists are what it need not learn, and all that a
Collection of a hundred papers has.
"""

from __future__ import annotations

from broadsheet.core.text import folded


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())


DETERMINERS = _words(
    "a an the this these those that our their its his her my your each every any some no both another such"
)
"""What a noun phrase begins with: a verb may be before one, a noun hardly ever is."""

BEFORE_VERBS = _words(
    "to we i you they he she it who which can could will would may might must shall should cannot not also then thus "
    "don doesn didn won wouldn shouldn couldn let us"
)
"""What a verb follows, and a noun hardly ever does."""

TO_BE = _words("am is are was were be been being isn aren wasn weren")
"""What an adjective without a noun follows."""

AUXILIARIES = TO_BE | _words("has have had having do does did hasn haven")
"""What participles and adjectives follow."""

VERBS = _words(
    """
    achieve achieves achieved address addresses addressed adopt allow allows allowed analyze analyse apply applies
    applied argue assess assume beat beats attempt become becomes build builds calculate capture characterize
    combine combines compare compares compute computes conduct conducted consider considers consist consists
    construct contain contains contribute create creates define defines demonstrate demonstrates demonstrated depend
    depends derive describe describes design designed detect determine develop develops developed discover discuss
    discusses employ employs enable enables encourage ensure establish evaluate evaluates evaluated examine exhibit
    exist exists exploit exploits explore explores extend extends extract find finds found focus focuses follow
    follows generate generates generated get give gives handle help helps highlight identify identifies illustrate
    implement implemented improve improves improved include includes increase increases indicate indicates introduce
    introduces introduced investigate investigates investigated involve involves judge know lead leads learn learns
    leverage leverages made make makes mention mitigate obtain obtains obtained observe offer offers optimize
    outperform outperforms overcome perform performs performed play predict predicts prefer present presents
    presented preserve produce produces produced propose proposes proposed prove proves provide provides provided
    quantify receive recognize reduce reduces rely relies remain remains represent represents require requires
    required resolve respond retain reveal reveals say says see seek seem select serve serves share show shows
    showed shown solve solves study studies studied suffer suffers suggest suggests take takes tackle tend tell
    train trained try understand use uses used utilize utilizes validate validated verify work works yield yields
    """
)
"""Verbs of abstracts, for a Collection that is too small to show that they are verbs."""

_ENGLISH = """
about above across after again against all almost alone along already although always among amongst and apart are
around as at away back based be because been before behind below beneath besides between beyond but by can concerning
despite down due during e.g either else enough especially etc even ever few first following for former from further
furthermore given hence here how however i.e if in including indeed instead into itself just last latter least less
like likely many me meanwhile more moreover most much namely near nearly neither never nevertheless next non none nor
not now of off often on once one ones only onto or other others otherwise out over own part per perhaps quite rather
really regarding resp respectively same second several since so something sometimes soon still than thanks that their
them themselves there thereby therefore third though three through throughout thus till together too toward towards
two under unless unlike until up upon using various versus very via vs was well what whatever when where whereas
whereby wherein whether which while who whom whose why with within without worth yet zero four five six seven eight
nine ten dozen dozens hundred hundreds thousand thousands million millions billion billions able unable possible
impossible us rest ve re ll
"""
_OTHERS = """
der die das den dem des ein eine einer eines einem einen und oder aber nicht ist sind war waren wird werden wurde mit
von vom zu zum zur auf fur bei durch uber unter aus nach wie wir sie es auch sich dass als im am kann konnen diese
dieser dieses
le la les un une des du de et ou mais ne pas est sont etait ete dans sur par pour avec sans ce cette ces cet nous vous
ils elles il elle que qui dont au aux plus leur leurs ainsi comme entre se sa ses son l d qu s n c j
el los las unos unas y o pero no es son fue en con sin del al por para como mas este esta estos estas se su sus lo que
cuando entre sobre tambien
il lo gli uno e ma non sono nel nella dei delle degli della dello con per tra fra questo questa questi queste che si
come anche piu
o os as um uma e ou mas nao sao foi em no na nos nas dos das do da com sem por para como mais este esta isto seu sua que
het een en of maar niet zijn was wordt worden met van voor bij door naar uit ook dat dit deze die op te er om aan
i w z na do nie jest sa oraz dla przez przy od po jako ktore ktory
и в не на с по для что как это из к от при о а но или его их мы также которые который является был
"""
STOPWORDS = _words(_ENGLISH) | _words(_OTHERS) | DETERMINERS | BEFORE_VERBS | AUXILIARIES
"""Words between phrases."""

NOT_ADVERBS = _words(
    """
    ally anomaly assembly belly bully butterfly daily disassembly dragonfly early elderly family firefly fly
    folly friendly fully homily italy jelly july lily misassembly monopoly monthly oligopoly panoply partially
    poly quarterly rally reassembly reply subfamily superfamily supply tally weakly weekly yearly
    """
)
"""Words in -ly that are nouns or adjectives, or begin a term: ``weakly supervised learning``."""

EMPTY = _words(
    """
    novel new newly innovative original different diverse efficient effective better best good great main major
    minor key important significant substantial considerable challenging difficult hard easy simple simpler
    straightforward interesting useful successful promising powerful popular typical usual particular certain
    current recent previous prior existing available proposed conventional traditional classical state-of-the-art
    state-of-art sota cutting-edge well-known widely-used so-called competitive superior comparable extensive
    comprehensive thorough entire whole overall actual necessary sufficient suitable appropriate relevant related
    corresponding respective similar equal additional extra further final initial latest modern today nowadays
    emerging growing larger largest smaller smallest higher highest lower lowest bigger biggest faster fastest
    stronger fewer numerous wide rich vast huge tremendous remarkable notable impressive critical crucial essential
    fundamental vital inherent underlying potential preliminary practical theoretical experimental empirical
    qualitative quantitative considered resulting presented mentioned aforementioned described discussed so-far
    one-size-fits-all et al non-trivial lot lots paper papers article articles thesis chapter section sections
    abstract contribution contributions work works github http https www com org html url doi cid e.g i.e
    """
)
"""Words that say nothing of what a paper is about: they part phrases as stop words do."""

HEADS = _words(
    """
    algorithm algorithms approach approaches application applications architecture architectures framework
    frameworks method methods methodology methodologies model models module modules network networks paradigm
    paradigms pipeline pipelines problem problems procedure procedures process processes scheme schemes setting
    settings solution solutions strategy strategies system systems task tasks technique techniques technology
    technologies tool tools dataset datasets data benchmark benchmarks performance accuracy result results research
    literature community field domain domains study studies challenge challenges experiment experiments issue issues
    """
)
"""Heads that a term is often followed by: ``machine translation systems`` is about machine translation, too."""

WEAK = HEADS | _words(
    """
    log magnitude author authors researcher researchers experimentation evaluation evaluations finding findings
    conclusion conclusions effectiveness efficiency improvement improvements advantage advantages limitation limitations
    drawback drawbacks benefit benefits superiority usefulness importance significance example examples case cases
    way ways kind kinds type types sort set sets number numbers amount amounts lot variety range level levels degree
    extent aspect aspects point points question questions goal goals aim aims purpose purposes idea ideas fact
    reason reasons attempt attempts step steps stage stages order terms term basis bit bits part parts piece use
    usage need needs lack addition contrast comparison comparisons view respect regard place time times year years
    day days month months date decade decades thing things people someone anyone everyone code codes source demo
    video project website page pages supplementary material materials keywords percent percentage half fold ability
    abilities capability capabilities possibility existence presence baseline baselines ground-truth real-world
    implementation implementations introduction common general specific standard total full real single individual
    multiple large-scale broad high low large small many long short increasing increase reduction analysis analyses
    theory theories design development information knowledge property properties feature features parameter
    parameters value values function functions component components input inputs output outputs structure structures
    representation representations object objects element elements concept concepts context contexts environment
    environments scenario scenarios requirement requirements user users tradeoff trade-off trade-offs quality cost
    costs complexity size sizes rate rates error errors loss losses space spaces simulation simulations condition
    conditions effect effects training learning testing test tests end-to-end
    """
)
"""Words that mean something only together with another that is not among them."""
