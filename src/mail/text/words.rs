//! What mail programs write around what a person wrote, in the languages of the world: one
//! table for each place. All are lower case, but those that are looked for as they are
//! written: what telephones sign with, what filters add, commands.

/// *Wrote*, where it ends the introduction.
#[rustfmt::skip]
pub(super) const WROTE: [&str; 95] = [
    " wrote", " writes", " schrieb", " geschrieben", " a écrit", " ha scritto", " scrive",
    " escribió", " va escriure", " ha escrit", " escreveu", " escribiu", " schreef",
    " het volgende geschreven", " skrev", " skrifaði", " kirjoitti", " napisał", " napisał(a)",
    " napisała", " napisal(a)", " napsal(a)", " napsal", " napsala", " napísal(a)", " napísal",
    " napísala", " je napisao", " je napisala", " je napisao/la", " napisao je", " napisala je",
    " je napisal", " je napisala/napisal", " napisal", " napisala", " је написао", " је написала",
    " је написао/ла", " пише", " писал", " пишет", " написал", " написал(а)", " написала",
    " написав", " написа", " написа(а)", " напиша", " rašė", " parašė", " rakstīja", " kirjutas",
    " a scris", " írta", " ezt írta", " ezt írta/írták", " έγραψε", " yazdı", " şunu yazdı",
    " tarihinde şunları yazdı", "כתב", "כתבה", "כתב/ה", "כתב את הדברים הבאים", "מאת", " كتب",
    " كتبت", "كتب ما يلي", " نوشت", " نوشته است", " ने लिखा", " लिखा", "লিখেছেন", "เขียนว่า",
    "เขียน", " đã viết", " viết", " menulis", " nagsulat", " idatzi zuen", "写道", "寫道", "写了", "寫了",
    "の書き込み", "書きました", "書き込みました", "のメール", "のメッセージ", " 작성", "님이 작성", "님이 작성함", "님이 쓴 글", " 씀",
];

/// *Wrote*, where the name comes behind it.
#[rustfmt::skip]
pub(super) const WROTE_BEFORE: [&str; 20] = [
    " schrieb ", " schreef ", " skrev ", " wrote ", " kirjoitti ", " ezt írta ", " írta ",
    " yazdı ", " escribió ", " a écrit ", " пишет ", " написал ", " كتب ",
    " تمت كتابة ما يلي بواسطة ", " בתאריך ", " 寫道 ", " 写道 ", " dijo ", " escreveu ",
    " ha scritto ",
];

/// What stands between strokes above a quoted mail.
#[rustfmt::skip]
pub(super) const ORIGINAL: [&str; 71] = [
    "original message", "reply message", "original", "previous message",
    "ursprüngliche nachricht", "originalnachricht", "original-nachricht", "originalmeldung",
    "message d'origine", "message original", "message initial", "courriel original",
    "mensaje original", "missatge original", "messaggio originale", "mensagem original",
    "mensaxe orixinal", "oorspronkelijk bericht", "origineel bericht", "oprindelig besked",
    "oprindelig meddelelse", "original besked", "ursprungligt meddelande", "originalmeddelande",
    "opprinnelig melding", "upprunaleg skilaboð", "alkuperäinen viesti", "oryginalna wiadomość",
    "wiadomość oryginalna", "původní zpráva", "pôvodná správa", "eredeti üzenet",
    "mesaj original", "mesajul original", "izvorna poruka", "originalna poruka",
    "izvirno sporočilo", "оригинална порука", "оригинално съобщение", "исходное сообщение",
    "вихідне повідомлення", "оригінальне повідомлення", "pradinis laiškas",
    "sākotnējais ziņojums", "algne kiri", "αρχικό μήνυμα", "orijinal mesaj", "orijinal ileti",
    "özgün ileti", "הודעה מקורית", "ההודעה המקורית", "الرسالة الأصلية", "رسالة أصلية",
    "پیام اصلی", "मूल संदेश", "ข้อความต้นฉบับ", "ข้อความเดิม", "thư gốc", "thư ban đầu",
    "tin nhắn gốc", "pesan asli", "mesej asal", "原始邮件", "原始郵件", "原邮件", "回复的原邮件", "元のメッセージ",
    "元のメール", "원본 메시지", "원본 메일", "original email",
];

/// What stands between strokes above a forwarded mail.
#[rustfmt::skip]
pub(super) const FORWARDED: [&str; 60] = [
    "forwarded message", "forwarded email", "forwarded mail", "weitergeleitete nachricht",
    "weitergeleitete mail", "message transféré", "message transmis", "mensaje reenviado",
    "missatge reenviat", "messaggio inoltrato", "mensagem encaminhada", "mensagem reencaminhada",
    "doorgestuurd bericht", "vidarebefordrat meddelande", "vidarebefordrat mejl",
    "videresendt besked", "videresendt meddelelse", "videresendt melding", "välitetty viesti",
    "edelleenlähetetty viesti", "przekazana wiadomość", "wiadomość przekazana",
    "přeposlaná zpráva", "preposlaná správa", "továbbított üzenet", "mesaj redirecționat",
    "mesaj retransmis", "proslijeđena poruka", "prosleđena poruka", "posredovano sporočilo",
    "прослеђена порука", "препратено съобщение", "пересылаемое сообщение",
    "пересланное сообщение", "переслане повідомлення", "προωθημένο μήνυμα", "iletilmiş mesaj",
    "yönlendirilen ileti", "iletilen mesaj", "הודעה שהועברה", "הודעה מועברת",
    "رسالة معاد توجيهها", "الرسالة المعاد توجيهها", "پیام هدایت‌شده", "अग्रेषित संदेश",
    "ข้อความที่ส่งต่อ", "thư được chuyển tiếp", "tin nhắn đã chuyển tiếp", "pesan terusan",
    "pesan yang diteruskan", "转发的邮件", "转发邮件", "轉寄的郵件", "轉寄郵件", "轉寄訊息", "転送されたメッセージ", "転送メッセージ",
    "전달된 메일", "전달된 메시지", "전달된 이메일",
];

/// What stands before a colon above a forwarded mail.
#[rustfmt::skip]
pub(super) const FORWARDED_BEGINS: [&str; 39] = [
    "begin forwarded message", "anfang der weitergeleiteten nachricht",
    "anfang der weitergeleiteten e-mail", "début du message transféré",
    "début du message réexpédié", "inicio del mensaje reenviado", "inizio messaggio inoltrato",
    "inizio del messaggio inoltrato", "início da mensagem encaminhada",
    "início da mensagem reencaminhada", "begin doorgestuurd bericht", "vidarebefordrat brev",
    "vidarebefordrat meddelande", "start på videresendt besked", "videresendt besked",
    "videresendt melding", "välitetty viesti alkaa", "edelleenlähetetty viesti alkaa",
    "początek przekazywanej wiadomości", "začátek přeposílané zprávy",
    "továbbított levél kezdete", "începutul mesajului redirecționat",
    "начало переадресованного сообщения", "начало пересылаемого сообщения",
    "початок переадресованого повідомлення", "έναρξη προωθημένου μηνύματος",
    "iletilen mesajın başlangıcı", "תחילת ההודעה שהועברה", "بداية الرسالة المعاد توجيهها",
    "เริ่มข้อความที่ส่งต่อ", "bắt đầu thư được chuyển tiếp", "awal pesan terusan", "开始转发的邮件",
    "下面是被转发的邮件", "開始轉寄訊息", "転送されたメッセージ", "転送メッセージ", "전달된 메시지 시작", "전달된 메시지",
];

/// *From*, as the name of a field.
#[rustfmt::skip]
pub(super) const FROM: [&str; 61] = [
    "from", "von", "de", "de la", "da", "van", "från", "fra", "frá", "lähettäjä", "od", "nadawca",
    "odesílatel", "odosielateľ", "feladó", "expediteur", "expéditeur", "expeditor", "remitente",
    "remetente", "mittente", "afzender", "avsändare", "šalje", "pošiljatelj", "pošiljalac",
    "шаље", "от", "отправитель", "від", "відправник", "nuo", "no", "saatja", "από", "kimden",
    "gönderen", "מאת", "מ", "من", "از", "प्रेषक", "से", "จาก", "từ", "người gửi", "dari",
    "daripada", "mula kay", "nork", "发件人", "寄件者", "寄件人", "發件人", "差出人", "送信者", "送信元", "보낸 사람",
    "보낸사람", "보낸이", "발신",
];

/// Other fields that stand above a quoted mail.
#[rustfmt::skip]
pub(super) const OTHERS: [&str; 116] = [
    "sent", "date", "to", "cc", "bcc", "subject", "reply-to", "message du", "gesendet", "datum",
    "an", "kopie", "betreff", "envoyé", "envoyé le", "à", "copie à", "objet", "sujet", "enviado",
    "enviado el", "fecha", "para", "asunto", "data", "assunto", "enviada", "enviada em",
    "inviato", "oggetto", "a", "verzonden", "aan", "onderwerp", "skickat", "till", "ämne",
    "sendt", "dato", "til", "emne", "lähetetty", "päiväys", "vastaanottaja", "aihe", "wysłano",
    "do", "temat", "odesláno", "komu", "předmět", "odoslané", "predmet", "küldve", "címzett",
    "tárgy", "trimis", "către", "subiect", "дата", "кому", "тема", "копия", "отправлено",
    "надіслано", "ημερομηνία", "προς", "θέμα", "tarih", "kime", "konu", "gönderildi", "תאריך",
    "אל", "נושא", "נשלח", "التاريخ", "إلى", "الموضوع", "تاريخ الإرسال", "ngày", "đến", "tới",
    "chủ đề", "tanggal", "kepada", "subjek", "perihal", "วันที่", "ถึง", "เรื่อง", "日期", "收件人",
    "收件者", "主题", "主旨", "主題", "发送时间", "發送時間", "時間", "时间", "寄件日期", "抄送", "日時", "送信日時", "日付", "宛先",
    "件名", "날짜", "보낸 날짜", "받는 사람", "받는사람", "제목", "참조", "दिनांक", "विषय",
];

/// Fields that programs write and no quoted header shows.
#[rustfmt::skip]
pub(super) const MACHINES: [&str; 35] = [
    "received", "message-id", "mime-version", "content-type", "content-transfer-encoding",
    "return-path", "delivered-to", "dkim-signature", "received-spf", "authentication-results",
    "arc-seal", "user-agent", "host", "accept", "accept-encoding", "accept-language", "cookie",
    "referer", "origin", "connection", "authorization", "content-length", "list-id",
    "envelope-to", "in-reply-to", "references", "server", "via", "call-id", "cseq",
    "max-forwards", "return-receipt-to", "dkim", "spf", "dmarc",
];

/// What telephones sign with, at its beginning, and nobody begins a sentence with.
#[rustfmt::skip]
pub(super) const SENT_FROM_MY: [&str; 10] = [
    "Sent from my ", "Sent from Outlook", "Get Outlook for ", "Gesendet von meinem ",
    "Gesendet von Outlook", "Gesendet von Mail", "Envoyé de mon ", "Enviado desde mi ",
    "Inviato da iPhone", "Inviato dal mio ",
];

/// What telephones and programs sign with, at its beginning; sentences begin so too.
#[rustfmt::skip]
pub(super) const SENT_FROM: [&str; 96] = [
    "Sent from Mail for ", "Sent with Proton Mail secure ", "Sent from Yahoo", "Sent from Proton", "Sent from ",
    "Sent via ", "Sent with ", "Sent using ", "Get BlueMail for ", "Gesendet von ",
    "Gesendet mit ", "Diese Nachricht wurde von meinem ", "Outlook für ", "Holen Sie sich Outlook für ", "Envoyé de ",
    "Envoyé à partir ", "Envoyé depuis ", "Envoyé avec ", "Obtenir Outlook pour ",
    "Télécharger Outlook pour ", "Enviado desde ", "Enviado con ", "Enviado do ", "Enviado de ",
    "Enviado a partir ", "Enviat des ", "Obtener Outlook para ", "Obter o Outlook para ",
    "Obter Outlook para ", "Inviato da ", "Inviato dal ", "Inviato con ", "Scarica Outlook per ",
    "Ottieni Outlook per ", "Verzonden vanaf ", "Verzonden met ", "Verstuurd vanaf ",
    "Verstuurd met ", "Outlook voor ", "Download Outlook voor ", "Skickat från ",
    "Skickades från ", "Hämta Outlook för ", "Sendt fra ", "Sendt med ", "Hent Outlook til ",
    "Få Outlook for ", "Lähetetty ", "Hanki Outlook ", "Wysłano z ", "Wysłane z ",
    "Pobierz program Outlook ", "Pobierz aplikację Outlook ", "Odesláno z ", "Odosláno z ",
    "Odoslané z ", "Poslano iz ", "Poslano s ", "Poslato sa ", "Trimis de pe ", "Trimis din ",
    "Отправлено с ", "Отправлено из ", "Отправлено от ", "Надіслано з ", "Надіслано від ",
    "Изпратено от ", "Išsiųsta iš ", "Nosūtīts no ", "Saadetud minu ", "Εστάλη από ",
    "Στάλθηκε από ", "Αποστολή από ", "נשלח מ", "נשלח באמצעות ", "أُرسلت من ", "أرسلت من ",
    "تم الإرسال من ", "مرسل من ", "ارسال شده از ", "ส่งจาก ", "Được gửi từ ", "Đã gửi từ ",
    "Gửi từ ", "Dikirim dari ", "Dihantar daripada ", "发自我的", "发自 ", "發自我的", "从我的", "從我的", "傳送自",
    "寄自", "获取 Outlook", "Outlook for ", "Bidalia nire ",
];

/// The same, at its end.
#[rustfmt::skip]
pub(super) const SENT_BY: [&str; 27] = [
    "von meinem iPhone gesendet", "von meinem iPad gesendet", "iPhoneから送信", "iPadから送信", "から送信",
    "から送信されました", "スマートフォンから送信", "에서 보냄", "에서 보냈습니다", "에서 보내드립니다", "iPhone'umdan gönderildi",
    "iPad'imden gönderildi", "'dan gönderildi", "'den gönderildi", "cihazımdan gönderildi",
    "telefonumdan gönderildi", "发送", "發送", "傳送", "iPhone-omról küldve", "iPadről küldve",
    "-ról küldve", "-ről küldve", "से भेजा गया", "থেকে পাঠানো", "sent from my iPhone",
    "kaudu saadetud",
];

/// Where the names of programs lead that sign so.
pub(super) const MAKERS: [&str; 10] = [
    "://aka.ms/",
    "://go.microsoft.com/",
    "://proton.me/",
    "://protonmail.com/",
    "://tuta.com/",
    "://tutanota.com/",
    "://mail.onelink.me/",
    "://overview.mail.yahoo.com/",
    "://bluemail.me/",
    "://apps.apple.com/",
];

/// What those are, as their names begin; lower case.
#[rustfmt::skip]
pub(super) const DEVICES: [&str; 59] = [
    "airmail", "android", "bb10", "blackberry", "bluemail", "fairemail", "fastmail", "galaxy",
    "gmail", "gmx", "handy", "honor", "htc", "huawei", "ipad", "iphone", "ipod", "ios", "k-9",
    "lumia", "mac", "mailspring", "mobil", "motorola", "movil", "móvil", "mobile", "nokia",
    "oneplus", "oppo", "outlook", "phone", "pixel", "posteo", "proton", "redmi", "samsung",
    "smartphone", "sony", "tablet", "telefon", "telefono", "teléfono", "telephone", "téléphone",
    "thunderbird", "tuta", "vivo", "windows", "wiko", "xiaomi", "xperia", "yahoo", "zoho",
    "телефон", "スマートフォン", "手机", "手機", "휴대폰",
];

/// What else their names have: whose they are, and which of their kind; lower case.
#[rustfmt::skip]
pub(super) const OF_DEVICES: [&str; 36] = [
    "app", "desktop", "e-mail", "edge", "email", "mail", "max", "mini", "note", "plus", "pro",
    "secure", "ultra", "web", "mein", "meinem", "meiner", "mi", "mio", "meu", "minha", "mijn",
    "mitt", "minun", "mojego", "mého", "моего", "моей", "мого", "我的", "私の", "내", "나의", "benim", "el",
    "correo",
];

/// Small words within names.
#[rustfmt::skip]
pub(super) const JOINING: [&str; 33] = [
    "&", "@", "and", "at", "av", "d'", "da", "de", "del", "der", "di", "do", "du", "et", "for",
    "für", "in", "la", "min", "mijn", "mon", "mój", "my", "of", "on", "para", "per", "pour",
    "the", "und", "van", "von", "y",
];

/// What stands before the parts of a card.
#[rustfmt::skip]
pub(super) const LABELS: [&str; 16] = [
    "cell:", "e-mail:", "email:", "fax:", "m:", "mail:", "mobil:", "mobile:", "phone:", "t:",
    "tel.:", "tel:", "telefon:", "web:", "website:", "www:",
];

/// What the footer of a mailing list speaks of.
#[rustfmt::skip]
pub(super) const FOOTERS: [&str; 23] = [
    "mailing list", "mailman", "listinfo", "google groups", "unsubscribe", "to post to this list",
    "view it on github", "reply to this email directly", "list archives", "liste de diffusion",
    "lista de correo", "mailingliste", "se désabonner", "abbestellen", "cancelar la suscripción",
    "disiscriverti", "отписаться", "группы google", "メーリングリスト", "退订", "구독 취소", "groups.io",
    "groups.google.com",
];

/// What else stands in footers that somebody wrote for their list.
#[rustfmt::skip]
pub(super) const LISTS: [&str; 10] = [
    "-leave@", "-request@", "+unsubscribe@", "this list", "on the list", "subscribed",
    "this mail because", "this message because", "get this mail", "to leave",
];

/// What stands in legal notices and in what a company says of itself.
#[rustfmt::skip]
pub(super) const COMPANIES: [&str; 53] = [
    "confidential", "privileged", "intended", "recipient", "addressee", "addressed", "in error",
    "disclaimer", "liability", "notify", "delete", "copying", "prohibited", "virus",
    "registered office", "registered in", "company number", "consider the environment",
    "vertraulich", "irrtümlich", "versehentlich", "absender", "empfänger", "adressat",
    "vernichten", "geschäftsführ", "amtsgericht", "handelsregister", "sitz der gesellschaft",
    "confidentiel", "destinataire", "par erreur", "expéditeur", "veuillez", "confidencial",
    "destinatari", "cancellarl", "por error", "por favor", "remitente", "elimin", "riservat", "per errore",
    "mittente", "конфиденциальн", "получател", "по ошибке", "отправител", "удалите", "機密",
    "誤って", "受信", "削除",
];

/// Of these, what is hardly said elsewhere.
#[rustfmt::skip]
pub(super) const LAW: [&str; 27] = [
    "confidential", "privileged", "intended recipient", "intended solely", "addressee",
    "disclaimer", "liability", "registered office", "registered in", "in error", "vertraulich",
    "irrtümlich", "versehentlich", "amtsgericht", "handelsregister", "geschäftsführ",
    "confidentiel", "par erreur", "confidencial", "por error", "riservat", "per errore",
    "конфиденциальн", "по ошибке", "機密", "誤って", "destinatario esclusivo",
];

/// What notices call the mail that they stand below.
#[rustfmt::skip]
pub(super) const THIS_MAIL: [&str; 28] = [
    "this message", "this e-mail", "this email", "this mail", "this communication",
    "this transmission", "the message", "diese nachricht", "dieser nachricht", "diese e-mail",
    "dieser e-mail", "diese email", "diese mail", "ce message", "ce courriel", "cet e-mail",
    "questo messaggio", "il messaggio", "questa e-mail", "este mensaje", "este correo",
    "esta mensagem", "это сообщение", "этом сообщении", "данное сообщение", "настоящее сообщение",
    "本メール", "このメール",
];

/// What programs of lists write below a mail, in small letters; what a person would say of
/// lists is in none of them.
#[rustfmt::skip]
pub(super) const LISTED: [&str; 49] = [
    "mailing list", "to unsubscribe send an email to", "to unsubscribe send an e-mail to",
    "to unsubscribe, send an email to", "to unsubscribe from this list", "to unsubscribe",
    "list archives", "archives", "list info", "unsubscribe", "you received this message because you are subscribed to the google groups",
    "you received this message because you are subscribed to a topic in the google groups",
    "you received this message because you are subscribed to the group",
    "you received this message because you are subscribed to this list", "group",
    "to unsubscribe from this group and stop receiving emails from it, send an email to",
    "to unsubscribe from this group and all its topics, send an email to",
    "to unsubscribe from this topic, visit", "to unsubscribe from this group, send email to",
    "to post to this group, send email to", "to post to this list, send your email to",
    "to post to this list", "to view this discussion on the web visit",
    "to view this discussion on the web, visit", "to view this discussion visit",
    "to view this discussion, visit", "visit this group at", "for more options, visit",
    "for more options visit", "visit", "groups.io links: you receive all messages sent to this group",
    "view/reply online", "mute this topic", "group owner", "contact", "reply to this email directly",
    "view it on github", "or unsubscribe", "or", "or mute the thread", "mute the thread",
    "you are receiving this because you were mentioned",
    "you are receiving this because you authored the thread",
    "you are receiving this because you are subscribed to this thread",
    "you are receiving this because you commented", "message id", "mailingliste", "liste de diffusion",
    "lista de correo",
];

/// What stands in a place that manages a list.
#[rustfmt::skip]
pub(super) const MANAGES: [&str; 7] = [
    "listinfo", "unsubscribe", "groups.google.com", "-leave@", "-request@", "groups.io/g/",
    "/postorius/",
];

/// Lines that filters add.
#[rustfmt::skip]
pub(super) const CHECKED: [&str; 21] = [
    "This email has been checked for viruses", "This e-mail has been checked for viruses",
    "Virus-free.", "Diese E-Mail wurde von Avast", "Diese E-Mail wurde auf Viren",
    "L'absence de virus dans ce courrier", "El software de antivirus Avast",
    "Este mensaje ha sido analizado", "Questa e-mail è stata controllata per individuare virus",
    "Este e-mail foi verificado", "Dit e-mailbericht is gecontroleerd op virussen",
    "Это сообщение проверено на вирусы", "Wolne od wirusów.", "Bez wirusów.", "Libre de virus.",
    "Livre de vírus.", "Garanti sans virus.", "Virenfrei.", "Virusvrij.", "Privo di virus.",
    "Без вирусов.",
];

/// What those are called; lower case.
#[rustfmt::skip]
pub(super) const FILTERS: [&str; 10] = [
    "avast", "avg", "bitdefender", "clamav", "eset", "kaspersky", "mailscanner", "mcafee",
    "norton", "sophos",
];

/// Where else a person says that they wrote.
#[rustfmt::skip]
pub(super) const WITHIN: [&str; 88] = [
    "inline", "in line", "in-line", "interspersed", "below", "in red", "in blue", "in green",
    "in bold", "in the text", "in your mail", "in your email", "in your message", "within your",
    "embedded", "marked with", "marked in", "next to your", "after each", "under each",
    "between the lines", "between your", "weiter unten", "siehe unten", "s. unten", "s.u.",
    "in rot", "im text", "in der mail", "in deiner mail", "in ihrer mail", "bei den fragen",
    "hinter den fragen", "zwischen den zeilen", "ci-dessous", "plus bas", "en rouge", "en bleu",
    "dans le texte", "dans votre message", "dans ton message", "más abajo", "en rojo", "en azul",
    "abajo", "en el texto", "entre líneas", "abaixo", "em vermelho", "no texto", "qui sotto",
    "di seguito", "in rosso", "nel testo", "hieronder", "zie onder", "in de tekst",
    "tussen de tekst", "nedan", "nedenfor", "alla ", "i texten", "i teksten", "tekstissä",
    "poniżej", "w tekście", "níže", "v textu", "ниже", "в тексте", "красным", "нижче", "у тексті",
    "aşağıda", "παρακάτω", "למטה", "أدناه", "下文", "如下", "下面", "以下", "红字", "紅字", "红色", "文中",
    "インライン", "아래", "본문",
];

/// What stands behind a prompt.
#[rustfmt::skip]
pub(super) const COMMANDS: [&str; 107] = [
    "curl", "wget", "python", "python3", "pip", "node", "npm", "npx", "yarn", "php", "ruby",
    "perl", "go", "cargo", "java", "javac", "gcc", "make", "git", "docker", "kubectl", "helm",
    "nc", "ncat", "nmap", "sqlmap", "ssh", "scp", "openssl", "dig", "nslookup", "whois", "ping",
    "host", "cat", "ls", "cd", "echo", "id", "whoami", "uname", "sudo", "su", "chmod", "cp", "mv",
    "rm", "mkdir", "grep", "sed", "awk", "export", "set", "powershell", "Invoke-WebRequest",
    "msfconsole", "mysql", "psql", "redis-cli", "sqlite3", "adb", "frida", "ffuf", "gobuster",
    "nuclei", "burp", "use", "exploit", "run", "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD",
    "OPTIONS", "select", "insert", "update", "SELECT", "INSERT", "UPDATE", "EHLO", "HELO", "MAIL",
    "RCPT", "DATA", "telnet", "hydra", "john", "hashcat", "aws", "gcloud", "az", "terraform",
    "import", "print", "console.log", "alert", "fetch", "document", "var", "let", "const",
    "require", "$", "#",
];
