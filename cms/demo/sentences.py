"""Some of the demo's public sentences in French and Arabic, for the outcome pages that are read in three languages.

By the English sentence of phrases.py: what was asked, what was promised, what was shown.
"""

# One story each: asked, promised, shown.
STORIES = {
    "The market tax is asked twice on the same day.": (
        "La taxe du marché est demandée deux fois le même jour.",
        "تُطلب رسوم السوق مرتين في اليوم نفسه.",
    ),
    "Give one ticket a day and post the price.": (
        "Donner un seul ticket par jour et afficher le prix.",
        "إعطاء تذكرة واحدة في اليوم وتعليق السعر في مكان ظاهر.",
    ),
    "The price is painted on the wall and one ticket is given.": (
        "Le prix est peint sur le mur et un seul ticket est donné.",
        "السعر مكتوب على الجدار، ولا تُعطى إلا تذكرة واحدة.",
    ),
    "The step at the health centre is too high for a wheelchair.": (
        "La marche du centre de santé est trop haute pour un fauteuil roulant.",
        "درجة مدخل المركز الصحي عالية على الكرسي المتحرك.",
    ),
    "Build a ramp at the door of the health centre.": (
        "Construire une rampe à la porte du centre de santé.",
        "بناء منحدر عند باب المركز الصحي.",
    ),
    "The ramp is there and was tried by those who asked.": (
        "La rampe est là ; ceux qui l’avaient demandée l’ont essayée.",
        "المنحدر موجود، وقد جرّبه من طلبوه.",
    ),
    "The roof of two classrooms blew away in the storm. Children learn under a tree.": (
        "La tempête a emporté le toit de deux classes. Les enfants apprennent sous un arbre.",
        "أطارت العاصفة سقف صفّين، والأطفال يتعلمون تحت شجرة.",
    ),
    "Put a new roof on the two classrooms.": (
        "Refaire le toit des deux classes.",
        "وضع سقف جديد للصفّين.",
    ),
    "Both classrooms have a roof.": (
        "Les deux classes ont un toit.",
        "صار للصفّين سقف.",
    ),
    "A child with fever could not cross at night to the hospital.": (
        "Un enfant fiévreux n’a pas pu traverser la nuit pour aller à l’hôpital.",
        "لم يستطع طفل محموم العبور ليلًا إلى المستشفى.",
    ),
    "Let medical cases cross at night, with one number to call.": (
        "Laisser passer les malades la nuit, avec un numéro à appeler.",
        "السماح للمرضى بالعبور ليلًا، مع رقم واحد للاتصال.",
    ),
    "The number is on the health centre's door and was tried.": (
        "Le numéro est affiché à la porte du centre de santé et a été essayé.",
        "الرقم معلّق على باب المركز الصحي، وقد جُرِّب.",
    ),
    "There is no latrine for girls at the school. Older girls stay at home.": (
        "Il n’y a pas de latrine pour les filles à l’école. Les grandes restent à la maison.",
        "لا مرحاض للبنات في المدرسة، والكبيرات منهن يبقين في البيت.",
    ),
    "Build a latrine for girls with a door that locks.": (
        "Construire une latrine pour les filles, avec une porte qui ferme à clé.",
        "بناء مرحاض للبنات له باب يُقفل.",
    ),
    "The latrine is built and the key is with the headteacher.": (
        "La latrine est construite et la clé est à la direction de l’école.",
        "بُني المرحاض، والمفتاح عند إدارة المدرسة.",
    ),
    "Women are afraid on the path to the river before dawn.": (
        "Avant l’aube, les femmes ont peur sur le chemin du fleuve.",
        "تخاف النساء على الطريق إلى النهر قبل الفجر.",
    ),
    "Have two officers walk the path before dawn on market days.": (
        "Faire marcher deux agents sur ce chemin avant l’aube, les jours de marché.",
        "أن يسير عونان على هذا الطريق قبل الفجر في أيام السوق.",
    ),
    "Officers walked the path on eight market days; the women's group saw them.": (
        "Les agents ont fait le chemin huit jours de marché ; le groupement des femmes les a vus.",
        "سار الأعوان على الطريق في ثمانية من أيام السوق، ورأتهم مجموعة النساء.",
    ),
    "There is no midwife at night. The last time, a woman gave birth on the road.": (
        "Il n’y a pas de sage-femme la nuit. La dernière fois, une femme a accouché en route.",
        "لا قابلة في الليل. في المرة الأخيرة وضعت امرأة مولودها في الطريق.",
    ),
    "Post a midwife who is on call at night.": (
        "Affecter une sage-femme de garde la nuit.",
        "تعيين قابلة مناوبة في الليل.",
    ),
    "A midwife has been on call at night for three weeks.": (
        "Une sage-femme est de garde la nuit depuis trois semaines.",
        "هناك قابلة مناوبة في الليل منذ ثلاثة أسابيع.",
    ),
}
# What is shown of a promise that was begun, or done in part.
PROGRESS = {
    "Work has begun; the material is on the ground.": (
        "Les travaux ont commencé ; le matériel est sur place.",
        "بدأ العمل، والمواد في الموقع.",
    ),
    "The team came once and measured.": (
        "L’équipe est venue une fois et a pris les mesures.",
        "جاء الفريق مرة وأخذ المقاسات.",
    ),
    "The order is placed and the papers are signed.": (
        "La commande est passée et les papiers sont signés.",
        "قُدِّم الطلب ووُقِّعت الأوراق.",
    ),
    "About half is done.": (
        "La moitié environ est faite.",
        "أُنجز النصف تقريبًا.",
    ),
    "The work is done on one side; the other side waits.": (
        "Un côté est fait ; l’autre attend.",
        "أُنجز جانب، والآخر ينتظر.",
    ),
    "It works, but not every day.": (
        "Cela marche, mais pas tous les jours.",
        "يعمل، لكن ليس كل يوم.",
    ),
    "The first part is finished; the rest stands still.": (
        "La première partie est finie ; le reste n’avance pas.",
        "انتهى الجزء الأول، والباقي متوقف.",
    ),
}
LANGUAGES = ("fr", "ar")


def told_in(language: str, text: str) -> str:
    """`text`, line by line, in French or Arabic. Raises KeyError for a sentence that is not here."""
    place = LANGUAGES.index(language)
    return "\n".join((STORIES | PROGRESS)[line][place] for line in text.splitlines())
