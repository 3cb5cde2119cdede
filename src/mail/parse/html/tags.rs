//! Cuts HTML into tags and text. What is no whole tag is text.

/// A piece.
pub(super) enum Token<'a> {
    /// Text with entities in it.
    Text(&'a str),
    /// A beginning.
    Open(Tag<'a>),
    /// An end, by its name in lower case.
    Close(String),
    /// The code of a script.
    Script(&'a str),
    /// Text without entities.
    Verbatim(&'a str),
}

/// A tag that begins something.
pub(super) struct Tag<'a> {
    /// In lower case.
    pub(super) name: String,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute, as written.
    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c| is_space(c) || c == '/');
            // A name may begin with it.
            let inner = rest.strip_prefix('=').unwrap_or(rest);
            if rest.is_empty() {
                return None;
            }
            let end = |c| is_space(c) || c == '=' || c == '/';
            let length = rest.len() - inner.len() + inner.find(end).unwrap_or(inner.len());
            let (key, behind) = rest.split_at(length);
            let (value, behind) = match behind.trim_start_matches(is_space).strip_prefix('=') {
                Some(behind) => value(behind.trim_start_matches(is_space)),
                None => ("", behind),
            };
            if key.eq_ignore_ascii_case(name) {
                return Some(value);
            }
            rest = behind;
        }
    }

    /// Its style without spaces, in lower case.
    fn style(&self) -> String {
        let style = self.value("style").unwrap_or_default();
        let seen = style.chars().filter(|c| !is_space(*c));
        seen.collect::<String>().to_ascii_lowercase()
    }

    /// What is in it is not seen.
    pub(super) fn hides(&self) -> bool {
        if self.attributes.is_empty() {
            return false;
        }
        let style = self.style();
        let says = |what: &str| style.contains(what);
        let is_small = says("font-size:0")
            && style
                .split_once("font-size:0")
                .is_some_and(|(_, b)| b.is_empty() || b.starts_with([';', 'p']));
        says("display:none")
            || says("visibility:hidden")
            || is_small
            || self.value("hidden").is_some()
    }

    /// Its style takes it out of the line that it stands in.
    pub(super) fn stands_apart(&self) -> bool {
        if self.attributes.is_empty() {
            return false;
        }
        let style = self.style();
        let style = style.split(';').filter_map(|part| part.split_once(':'));
        let mut style = style.map(|(key, value)| (key, value.trim_end_matches("!important")));
        style.any(|(key, value)| match key {
            "display" => !matches!(value, "inline" | "none" | "contents"),
            "position" => matches!(value, "absolute" | "fixed"),
            "float" => value != "none",
            _ => false,
        })
    }

    /// A paragraph that is set without space around it: Outlook writes one a line.
    pub(super) fn is_close_set(&self) -> bool {
        let class = self.value("class").unwrap_or_default();
        let style = self.style();
        class.starts_with("Mso") || style.contains("margin:0")
    }

    /// A `blockquote` by which a person moved lines to the right: programs that quote give
    /// it a class, a type or a bar.
    pub(super) fn only_sets_in(&self) -> bool {
        let is_named = self.value("type").is_some() || self.value("class").is_some();
        !is_named && self.style().contains("border:none")
    }

    /// Where Outlook puts the header of a quoted mail.
    pub(super) fn begins_quoted_mail(&self) -> bool {
        if self.name != "div" || self.attributes.is_empty() {
            return false;
        }
        let id = self.value("id").unwrap_or_default();
        id.ends_with("divRplyFwdMsg") || self.style().contains("border:none;border-top:solid")
    }
}

/// Where in a tag a byte stands, as browsers count: there a quote begins a value, and
/// elsewhere it is a letter.
#[derive(Clone, Copy)]
enum Within {
    /// The name of the tag.
    Name,
    /// Between attributes.
    Space,
    /// The name of an attribute.
    Key,
    /// Behind that name.
    BehindKey,
    /// Behind `=`.
    Equals,
    /// A value without quotes.
    Bare,
    /// A value in these quotes.
    Quoted(u8),
}

impl Within {
    /// Where the next byte stands, unless this one ends the tag.
    fn behind(self, byte: u8) -> Option<Self> {
        let is_space = byte.is_ascii_whitespace();
        Some(match (self, byte) {
            (Self::Quoted(quote), _) if quote == byte => Self::Space,
            (Self::Quoted(_), _) => self,
            (_, b'>') => return None,
            (Self::Equals, b'"' | b'\'') => Self::Quoted(byte),
            (Self::Equals | Self::BehindKey, _) if is_space => self,
            (Self::Equals, _) => Self::Bare,
            (Self::Key | Self::BehindKey, b'=') => Self::Equals,
            (Self::Key, _) if is_space => Self::BehindKey,
            (Self::Name | Self::Bare, _) if is_space => Self::Space,
            (Self::Name | Self::Key | Self::BehindKey | Self::Space, b'/') => Self::Space,
            (Self::Space, _) if is_space => self,
            (Self::Space | Self::BehindKey | Self::Key, _) => Self::Key,
            (Self::Name | Self::Bare, _) => self,
        })
    }
}

/// What parts the pieces of a tag: browsers take no other space for one, so a hard space
/// belongs to the name or the value that it stands in.
fn is_space(c: char) -> bool {
    c.is_ascii_whitespace()
}

/// The value behind the `=`, and what comes behind it.
fn value(text: &str) -> (&str, &str) {
    let mut letters = text.chars();
    match letters.next() {
        Some(quote @ ('"' | '\'')) => {
            let inner = letters.as_str();
            inner.split_once(quote).unwrap_or((inner, ""))
        }
        _ => text.split_at(text.find(is_space).unwrap_or(text.len())),
    }
}

/// The pieces of a part, in order.
pub(super) struct Tags<'a> {
    text: &'a str,
    at: usize,
    /// Quotes in tags close; if not, only the next `>` counts.
    quotes_close: bool,
    /// Ends that do not come any more.
    missing: Vec<&'static str>,
    /// What stands behind a tag that was passed, and in which no tag is one.
    inner: Option<Token<'a>>,
}

impl<'a> Tags<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            quotes_close: true,
            missing: Vec::new(),
            inner: None,
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Where the tag ends that begins here.
    fn end_of_tag(&mut self, rest: &str) -> Option<usize> {
        if self.missing.contains(&">") {
            return None;
        }
        if self.quotes_close {
            let mut within = Within::Name;
            for (at, byte) in rest.bytes().enumerate() {
                match within.behind(byte) {
                    Some(next) => within = next,
                    None => return Some(at),
                }
            }
            self.quotes_close = false;
        }
        let end = rest.find('>');
        if end.is_none() {
            self.missing.push(">");
        }
        end
    }

    /// What stands before this end, which is passed.
    fn until(&mut self, end: &'static str) -> Option<&'a str> {
        if self.missing.contains(&end) {
            return None;
        }
        let rest = self.rest();
        let Some(at) = find(rest, end) else {
            self.missing.push(end);
            return None;
        };
        self.at += at + end.len();
        rest.get(..at)
    }

    /// What stands before this end, which is not passed.
    fn before(&mut self, end: &'static str) -> Option<&'a str> {
        let inner = self.until(end)?;
        self.at -= end.len();
        Some(inner)
    }

    /// What stands before this end tag, which is passed whole.
    fn element(&mut self, end: &'static str) -> Option<&'a str> {
        let inner = self.until(end)?;
        let rest = self.rest();
        self.at += self.end_of_tag(rest).map_or(0, |end| end + 1);
        Some(inner)
    }

    /// A comment, a declaration or an instruction: passed.
    fn pass(&mut self, rest: &str) -> Option<()> {
        if rest.starts_with("<!--") {
            let before = self.at;
            self.at += 4;
            if self.comment().is_some() {
                return Some(());
            }
            self.at = before;
        }
        self.at += self.end_of_tag(rest)? + 1;
        Some(())
    }

    /// Passes what is left of a comment: `<!-->` is a whole one, and `--!>` an end.
    fn comment(&mut self) -> Option<()> {
        let rest = self.rest();
        if let Some(end) = [">", "->"].iter().find(|end| rest.starts_with(**end)) {
            self.at += end.len();
            return Some(());
        }
        if self.missing.contains(&"-->") {
            return None;
        }
        let closes = |at: &usize| {
            let before = rest.get(..*at).unwrap_or_default();
            before.ends_with("--") || before.ends_with("--!")
        };
        let mut ends = rest.match_indices('>').map(|(at, _)| at);
        let Some(at) = ends.find(closes) else {
            self.missing.push("-->");
            return None;
        };
        self.at += at + 1;
        Some(())
    }

    fn tag(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let end = self.end_of_tag(rest)?;
        let inner = rest.get(1..end)?;
        self.at += end + 1;
        let (is_close, inner) = match inner.strip_prefix('/') {
            Some(inner) => (true, inner),
            None => (false, inner),
        };
        let length = inner.find(|c| is_space(c) || c == '/');
        let (name, attributes) = inner.split_at(length.unwrap_or(inner.len()));
        let name = name.to_ascii_lowercase();
        if is_close {
            return Some(Token::Close(name));
        }
        match name.as_str() {
            "script" => self.inner = self.element("</script").map(Token::Script),
            "textarea" => self.inner = self.before("</textarea").map(Token::Text),
            "xmp" => self.inner = self.before("</xmp").map(Token::Verbatim),
            "style" => _ = self.element("</style"),
            "title" => _ = self.element("</title"),
            _ => {}
        }
        Some(Token::Open(Tag { name, attributes }))
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(inner) = self.inner.take() {
            return Some(inner);
        }
        loop {
            let rest = self.rest();
            if rest.is_empty() {
                return None;
            }
            let begin = rest.find('<').unwrap_or(rest.len());
            if begin > 0 {
                self.at += begin;
                return Some(Token::Text(rest.get(..begin)?));
            }
            let mut letters = rest.bytes().skip(1);
            let token = match (letters.next(), letters.next()) {
                (Some(b'!' | b'?'), _) if self.pass(rest).is_some() => continue,
                (Some(first), _) if first.is_ascii_alphabetic() => self.tag(rest),
                (Some(b'/'), Some(first)) if first.is_ascii_alphabetic() => self.tag(rest),
                _ => None,
            };
            if token.is_some() {
                return token;
            }
            // All of them but the last: that one may begin a tag.
            let strokes = rest.bytes().take_while(|b| *b == b'<').count();
            let text = rest.get(..strokes.saturating_sub(1).max(1))?;
            self.at += text.len();
            return Some(Token::Text(text));
        }
    }
}

/// Where an end stands, in any case.
fn find(text: &str, end: &str) -> Option<usize> {
    let (text, end) = (text.as_bytes(), end.as_bytes());
    text.windows(end.len())
        .position(|window| window.eq_ignore_ascii_case(end))
}
