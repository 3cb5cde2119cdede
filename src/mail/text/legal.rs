//! The words that legal notices are made of, by language and in order: what `notice` does not
//! find here is no notice. Words of what a fault may be about (*user*, *access*, *account*),
//! and those by which a person speaks of themselves, are not among them.

/// English.
#[rustfmt::skip]
pub(super) const ENGLISH: [&str; 176] = [
    "a", "action", "addressed", "addressee", "addressees", "advised", "all", "an", "and",
    "and/or", "any", "applicable", "are", "as", "attachment", "attachments", "be", "been",
    "below", "by", "cautioned", "communication", "computer", "confidential", "confidentiality",
    "contain", "contained", "containing", "contains", "content", "contents", "copied", "copies",
    "copy", "copying", "delete", "deleted", "deleting", "delivering", "delivery", "destroy",
    "destroyed", "directly", "disclaimer", "disclose", "disclosed", "disclosing", "disclosure",
    "disseminate", "dissemination", "distribute", "distributed", "distributing", "distribution",
    "do", "e", "either", "electronic", "email", "emails", "entity", "erroneously", "error",
    "exclusively", "exempt", "express", "expressly", "file", "files", "for", "forward",
    "forwarding", "from", "have", "hereby", "if", "immediately", "important", "in", "indirectly",
    "individual", "individuals", "inform", "information", "intended", "is", "it", "its", "kindly",
    "law", "legal", "legally", "mail", "mails", "may", "message", "messages", "mistake", "must",
    "named", "not", "notice", "notified", "notify", "notifying", "of", "on", "only", "or",
    "original", "other", "otherwise", "part", "permission", "permitted", "person", "persons",
    "please", "print", "printing", "privilege", "privileged", "prohibited", "promptly",
    "proprietary", "protected", "purpose", "purposes", "received", "recipient", "recipients",
    "reliance", "reply", "reproduce", "reproduction", "retain", "retention", "return", "review",
    "save", "sender", "should", "sole", "solely", "store", "strictly", "subject", "such",
    "system", "take", "taking", "thank", "thanks", "that", "the", "them", "therein", "thereof",
    "they", "this", "to", "transmission", "transmitted", "unauthorised", "unauthorized",
    "unlawful", "use", "used", "warning", "which", "whom", "with", "without", "written", "you",
    "your",
];

/// German.
#[rustfmt::skip]
pub(super) const GERMAN: [&str; 129] = [
    "absender", "adressat", "alle", "an", "angegebenen", "anhang", "anhänge", "auch", "aus",
    "ausschließlich", "beabsichtigte", "beigefügte", "bestimmt", "bestimmungsgemäße", "bitte",
    "dank", "das", "datei", "dateien", "davon", "dem", "den", "der", "des", "die", "diese",
    "dieselbe", "diesem", "dieser", "dieses", "durch", "e", "eine", "einer", "elektronische",
    "email", "empfangen", "empfänger", "enthalten", "enthaltene", "enthaltenen", "enthält",
    "erhalten", "etwaige", "falls", "für", "gegebenenfalls", "gelöscht", "geschützt",
    "geschützte", "geschützten", "gestattet", "haben", "hat", "hierüber", "hinweis", "ihrem",
    "ihrer", "im", "in", "informationen", "informieren", "inhalt", "inhalte", "irrtum",
    "irrtümlich", "ist", "jede", "jegliche", "kann", "kopien", "kopieren", "können", "löschen",
    "mail", "mails", "nachricht", "nicht", "nur", "oder", "ohne", "person", "personen",
    "rechtlich", "richtige", "sein", "sie", "sind", "sofort", "sollten", "sowie", "streng",
    "strengstens", "system", "sämtliche", "umgehend", "unbefugte", "unbefugten", "unberechtigte",
    "und", "und/oder", "unerlaubte", "unerlaubtes", "unterrichten", "untersagt", "unverzüglich",
    "verboten", "verbreitung", "vernichten", "versehentlich", "verständigen", "vertraulich",
    "vertrauliche", "vertraulichen", "vertraulichkeit", "vervielfältigung", "verwenden",
    "verwendung", "veröffentlichung", "vielen", "vorgesehene", "vorgesehenen", "weitergabe",
    "weiterleiten", "weiterleitung", "wenn", "werden", "zu", "zulässig",
];

/// French.
#[rustfmt::skip]
pub(super) const FRENCH: [&str; 156] = [
    "a", "adressé", "adressée", "adressées", "afin", "au", "aucun", "aucune", "autorisation",
    "aux", "avertir", "avez", "avis", "avoir", "bien", "ce", "ces", "cet", "cette", "ci",
    "confidentialité", "confidentiel", "confidentielle", "confidentielles", "confidentiels",
    "conforme", "contenir", "contenu", "contenues", "contient", "copie", "copier", "copies",
    "courriel", "courrier", "d", "de", "des", "destinataire", "destinataires", "destination",
    "destiné", "destinée", "destinées", "destinés", "diffuser", "diffusion", "distribution",
    "divulgation", "divulguer", "document", "documents", "du", "détruire", "effacer", "email",
    "en", "entité", "erreur", "est", "et", "et/ou", "exclusif", "exclusive", "exclusivement",
    "expresse", "expressément", "exprès", "expéditeur", "fichiers", "immédiatement",
    "information", "informations", "informer", "intention", "interdit", "interdite", "jointe",
    "jointes", "joints", "l", "la", "le", "les", "leur", "leurs", "mail", "mails", "merci",
    "message", "messages", "n", "ne", "non", "ou", "par", "partie", "partielle", "pas",
    "personne", "personnes", "peut", "peuvent", "pièce", "pièces", "pour", "prier",
    "priviligiées", "prière", "prévenir", "qu", "que", "qui", "recevez", "reproduction", "retour",
    "reçu", "réservé", "réservée", "s", "sa", "sans", "sauf", "ses", "seul", "seule", "seulement",
    "si", "son", "sont", "strictement", "supprimer", "système", "tiers", "totale", "tous", "tout",
    "toute", "toutes", "transmis", "transmise", "transmission", "un", "une", "usage",
    "utilisation", "utiliser", "veuillez", "via", "vos", "votre", "vous", "à", "électronique",
    "êtes", "être",
];

/// Spanish.
#[rustfmt::skip]
pub(super) const SPANISH: [&str; 168] = [
    "a", "adjunta", "adjuntas", "adjunto", "adjuntos", "al", "antemano", "archivo", "archivos",
    "autorización", "autorizada", "autorizado", "aviso", "borre", "bórrelo", "carácter",
    "comunicación", "comunicarlo", "comunique", "confidencial", "confidenciales",
    "confidencialidad", "conocimiento", "contener", "contenga", "contenida", "contenido",
    "contiene", "copia", "copias", "copie", "correo", "cualquier", "cuyo", "de", "del",
    "destinataria", "destinatario", "destinatarios", "destrucción", "destruir", "destruya",
    "destrúyalo", "difusión", "dirige", "dirigida", "dirigido", "dirigidos", "distribución",
    "divulgación", "divulgar", "documento", "documentos", "e", "el", "electrónico", "eliminar",
    "elimine", "elimínelo", "email", "en", "entidad", "error", "es", "esta", "este", "estos",
    "estrictamente", "está", "están", "exclusiva", "exclusivamente", "exclusivo", "expresa",
    "favor", "final", "fines", "forma", "gracias", "ha", "han", "haya", "información", "informar",
    "informe", "inmediata", "inmediatamente", "inmediato", "la", "las", "le", "legal",
    "legalmente", "ley", "lo", "los", "mensaje", "mensajes", "misma", "mismo", "no", "notificar",
    "notifique", "notifíquelo", "o", "otra", "para", "parte", "permitida", "permitido", "persona",
    "personas", "por", "previa", "privada", "privado", "privilegiada", "proceda", "profesional",
    "prohibida", "prohibido", "pudiendo", "pueda", "puede", "pueden", "que", "queda", "recibe",
    "recibido", "recibió", "remitente", "reproducción", "respuesta", "rogamos", "ruega", "se",
    "secreto", "será", "si", "sin", "sistema", "solicitamos", "solo", "somete", "sometida", "son",
    "su", "sus", "sólo", "tampoco", "toda", "todas", "todos", "total", "u", "un", "una", "uso",
    "usted", "utilización", "utilizar", "vigente", "virtud", "vía", "y", "y/o", "ya",
    "únicamente",
];

/// Italian.
#[rustfmt::skip]
pub(super) const ITALIAN: [&str; 182] = [
    "a", "abbia", "ad", "ai", "al", "alla", "alle", "allegati", "allegato", "altra", "altre",
    "autorizzazione", "avesse", "avete", "avvertire", "avvisare", "avviso", "cancellare",
    "cancellarlo", "cancellatelo", "chi", "chiunque", "ci", "comunicarlo", "comunicazione",
    "comunicazioni", "con", "confidenziale", "confidenziali", "contattare", "contenente",
    "contenere", "contenga", "contenuta", "contenute", "contenuti", "contenuto", "copia",
    "copiare", "copie", "da", "dal", "dalla", "dare", "dati", "dei", "del", "della", "delle",
    "destinatari", "destinatario", "destinate", "destinati", "destinato", "di", "diffondere",
    "diffusione", "distribuire", "distribuzione", "distruggere", "distruggerlo", "divieto",
    "divulgare", "divulgazione", "documenti", "e", "e/o", "ed", "elettronica", "eliminare",
    "eliminarlo", "email", "entità", "errore", "esclusiva", "esclusivamente", "esclusivo",
    "espressa", "file", "fosse", "foste", "grazie", "i", "il", "immediatamente", "in",
    "informarci", "informare", "informazione", "informazioni", "inviato", "l", "la", "le",
    "legalmente", "legge", "leggere", "lo", "mail", "messaggi", "messaggio", "mittente", "modo",
    "nei", "nel", "nella", "non", "nonché", "o", "ogni", "oppure", "parte", "per", "persona",
    "persone", "possono", "posta", "potrebbe", "potrebbero", "pregati", "pregato", "preghiamo",
    "prego", "proibita", "proibito", "provvedere", "può", "qualora", "qualsiasi", "qualunque",
    "quanto", "quest", "questa", "queste", "questi", "questo", "riceverlo", "ricevesse",
    "ricevuto", "riproduzione", "riservata", "riservate", "riservatezza", "riservati",
    "riservato", "risposta", "sarà", "se", "senza", "si", "sia", "siano", "siate", "siete",
    "sistema", "sola", "solo", "soltanto", "sono", "strettamente", "sua", "successiva", "suo",
    "suoi", "tale", "tali", "trasmissione", "tratta", "tutti", "un", "una", "unicamente", "uso",
    "utilizzare", "utilizzo", "vi", "via", "vietata", "vietati", "vietato", "vostro", "è",
];

/// Russian.
#[rustfmt::skip]
pub(super) const RUSSIAN: [&str; 145] = [
    "а", "адресат", "адресата", "адресатом", "адресату", "адресована", "адресовано", "без",
    "быть", "в", "вам", "вами", "вас", "вашей", "во", "воспользоваться", "все", "всех", "вы",
    "данного", "данное", "данные", "для", "документ", "документы", "его", "ее", "если",
    "запрещается", "запрещено", "запрещены", "и", "и/или", "из", "или", "им", "информации",
    "информацию", "информация", "исключительно", "использование", "использования", "использовать",
    "их", "как", "каким", "каких", "конфиденциальна", "конфиденциальная", "конфиденциально",
    "конфиденциальной", "конфиденциальную", "конфиденциальным", "копии", "копий", "копирование",
    "копировать", "которым", "лиц", "лица", "лицу", "любое", "любые", "могут", "может", "на",
    "настоящее", "не", "незамедлительно", "немедленно", "о", "об", "от", "отправителем",
    "отправителю", "отправителя", "ошибке", "передавать", "передача", "письма", "письме",
    "письмо", "письмом", "по", "пожалуйста", "получателей", "получателем", "получатель",
    "получателю", "получателя", "получателям", "получили", "предназначена", "предназначено",
    "предназначены", "прикрепленные", "приложения", "приложениями", "приложенные", "просим",
    "просьба", "разрешения", "раскрытие", "распространение", "распространения", "распространять",
    "с", "своего", "связаться", "системы", "содержание", "содержать", "содержащаяся",
    "содержащейся", "содержит", "сообщение", "сообщении", "сообщения", "сообщите", "сообщить",
    "строго", "так", "также", "только", "третьим", "уведомите", "уведомить", "удалите", "удалить",
    "указанному", "указанным", "уничтожить", "уничтожьте", "файлы", "электронного", "электронное",
    "эта", "этим", "это", "этого", "этом", "этому", "являетесь", "является", "являются",
];

/// Japanese: pieces, which no space parts.
#[rustfmt::skip]
pub(super) const JAPANESE: [&str; 106] = [
    "あり", "ある", "いたし", "います", "および", "おり", "お手数", "お願い", "が", "ください", "こと", "この", "このメール", "ござい",
    "ご連絡", "され", "された", "して", "する", "その", "た", "ため", "で", "ですが", "と", "に", "には", "の", "のみ", "は",
    "へ", "ます", "または", "も", "ようお願い", "られ", "れて", "れる", "を", "ファイル", "メール", "一切", "上", "下さい",
    "下さいます", "以外", "使用", "公開", "内容", "利用", "削除", "又は", "及び", "受け取", "受け取った", "受け取られた", "受信",
    "受取人", "名宛人", "向け", "含ま", "含み", "含む", "含んで", "固く", "場合", "宛て", "宛先", "対象", "対象として", "情報",
    "意図", "意図された", "意図した", "方", "旨", "本メール", "本来", "本電子メール", "機密", "添付", "添付ファイル", "申し上げ", "発信者",
    "直ちに", "破棄", "禁じ", "禁止", "秘密", "第三者", "等", "者", "者のみ", "致し", "複写", "複製", "誤って", "転送", "送られた",
    "送信", "送信元", "送信者", "速やかに", "連絡", "配布", "開示",
];
