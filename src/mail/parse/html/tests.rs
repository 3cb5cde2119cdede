//! HTML as mail programs and strangers write it.

use super::words;

fn check(html: &str, text: &str) {
    assert_eq!(words(html), text, "{html}");
}

#[test]
fn lines_lists_and_code_stay() {
    check("<p>a  <b>b</b>\n c</p><p>d</p>", "a b c\n\nd");
    check("a<br>b<br><br>c", "a\nb\n\nc");
    check("<div>a</div><div><br></div><div>b</div>", "a\n\nb");
    check(
        "<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>b</p>",
        "a\n\nb",
    );
    check(
        "<ul><li>a<li>b<ul><li>c</ul></ul><ol start=3><li>d<li>e</ol>f",
        "- a\n- b\n  - c\n\n3. d\n4. e\n\nf",
    );
    check(
        "<pre>if a {\n    b;\n\n\n}</pre>end",
        "if a {\n    b;\n\n\n}\nend",
    );
    check("x<div>&nbsp; &nbsp;y</div>", "x\n   y");
    check(
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
        "a  b\nc",
    );
    check(
        "&lt;script&gt; &amp;amp; &#x41;&#66; &nope; &",
        "<script> &amp; AB &nope; &",
    );
    check("1 < 2 <3 a<b> </ c <", "1 < 2 <3 a </ c <");
}

#[test]
fn a_link_shows_its_true_target() {
    check(
        "<a href='https://evil.example/a?b&amp;c'>https://good.example</a>.",
        "[https://good.example] <https://evil.example/a?b&c>.",
    );
    check(
        "<a href=\"https://a.example/\">https://a.example</a>",
        "https://a.example",
    );
    check("<a href=https://a.example>a.example</a>", "a.example");
    check(
        "<a href='mailto:a@b.example'>a@b.example</a>",
        "a@b.example",
    );
    check(
        "<a href='http://a.example'>https://a.example</a>",
        "[https://a.example] <http://a.example>",
    );
    check(
        "<a href='java\nscript:alert(1)'>here</a>",
        "[here] <javascript:alert(1)>",
    );
    check("<a href='x'></a>", "<x>");
    check("<a name=top>top</a> <a href='#top'>up</a>", "top up");
    check(
        "see <a href=a><b>one</b><a href=b>two",
        "see [one] <a>[two] <b>",
    );
    check("<a href='x'><img alt='a shot'></a>", "[image: a shot] <x>");
    // Only five characters part the pieces of a tag.
    for odd in ['\u{a0}', '\u{b}', '\u{3000}'] {
        check(
            &format!("<a href=//a.example{odd}@b.example>//a.example</a>"),
            &format!("[//a.example] <//a.example{odd}@b.example>"),
        );
        check(
            &format!("<a {odd}href=//a.example href=//b.example>//a.example</a>"),
            "[//a.example] <//b.example>",
        );
        check(
            &format!("<a href{odd}=//a.example href={odd}//b.example>c</a>"),
            &format!("[c] <{odd}//b.example>").replace('\u{b}', ""),
        );
        check(&format!("<a{odd}href=x>b</a>"), "b");
    }
}

#[test]
fn quotes_are_marked_and_a_quoted_mail_stands_below_a_rule() {
    check(
        "yes<blockquote>one<blockquote>two</blockquote></blockquote>no",
        "yes\n\n> one\n\n> > two\n\nno",
    );
    check(
        "yes<blockquote style='margin:0 0 0 40px; border: none'>no quote</blockquote>no",
        "yes\n\nno quote\n\nno",
    );
    check(
        "yes<hr><div id=\"x_divRplyFwdMsg\"><b>From:</b> Kim<br><b>Sent:</b> 2026</div>",
        "yes\n\n__________\nFrom: Kim\nSent: 2026",
    );
    check(
        "yes<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> Kim</div>",
        "yes\n\n__________\nFrom: Kim",
    );
}

#[test]
fn what_is_not_seen_is_said_and_never_lost() {
    check(
        "a<div style='DISPLAY: none'>b<div>c</div>d</div>e",
        "a\n[hidden: b\nc\nd]\ne",
    );
    check("a<span hidden>b</span>", "a[hidden: b]");
    check("<p style='font-size:0px'>&zwnj;&nbsp;&#847;</p>a", "a");
    check("<span style='font-size:0.9em'>a</span>", "a");
    check("<div style='display:none'>all of it", "[hidden: all of it]");
    check("a<img src=x width=1 height=1>b<img src=cid:y>", "ab[image]");
    check("a <script>alert(1)</script> b", "a [script: alert(1)] b");
    check("a<style>b</style><title>c</title><!-- d -->e", "a e");
    // A paragraph ends where a block begins or ends.
    check("<p hidden>a<p>b</p>c", "[hidden: a]\n\nb\n\nc");
    check("<div><p hidden>a</div>b", "[hidden: a]\nb");
    check("<p hidden>a<h5>b", "[hidden: a]\n\nb");
    // As browsers have it.
    check("a<!-->b<!--->c<!-- d --!>e<!-- - -->f<!----!>g", "abcefg");
    check("a<b c=d\"e>f\"g</b>", "af\"g");
    check("a<b c=\"d>e\" f='>'>g</b>", "ag");
    check("a<b c=d='e>f' g", "af' g");
    check("a<b=\"c>d\"", "a d\"");
    check("a<a =href=x>b</a><a href = 'y'>c</a>", "ab[c] <y>");
    // What never ends swallows nothing.
    check("a<script>b", "a b");
    check("a<!-- b", "a<!-- b");
    check("a<!-- b>c", "ac");
    check("a<b title=\"c>d", "ad");
    check("a<style>b", "a b");
}

#[test]
fn what_is_typed_into_a_form_is_shown() {
    check(
        "a<textarea rows=2><img src=x\nonerror=alert(1)>&lt;</textarea>b",
        "a\n<img src=x\nonerror=alert(1)><\nb",
    );
    check("<xmp><b>a</b>&lt;</xmp>b", "<b>a</b>&lt;\nb");
    check("a<textarea>b<i>c", "a\nbc");
    check(
        "a <input value='typed &amp; read'><input>",
        "a [input: typed & read]",
    );
    // They have no end, and hide nothing behind them.
    for name in ["area", "base", "param", "source", "track"] {
        check(&format!("a<{name} hidden>b"), "ab");
    }
    check("a<embed hidden>b", "a b");
}

#[test]
fn words_of_elements_that_are_set_apart_are_not_one() {
    for name in [
        "noscript",
        "object",
        "iframe",
        "video",
        "audio",
        "canvas",
        "select",
        "option",
        "button",
        "title",
        "mtext",
        "math",
        "svg",
        "text",
        "tspan",
        "foreignObject",
        "legend",
        "optgroup",
        "meter",
        "progress",
        "marquee",
        "dialog",
        "menu",
        "noembed",
        "noframes",
        "rt",
        "rp",
        "body",
        "tbody",
        "nothing",
        "x-card",
    ] {
        for html in [
            format!("https://n.example<{name}>https://m.example</{name}>words"),
            format!("https://n.example<{name}>https://m.example<{name}>words"),
            format!("https://n.example</{name}>https://m.example<{name}/>words"),
        ] {
            let shown = words(&html);
            let seen: Vec<&str> = shown.split_whitespace().collect();
            // The title of a page is not shown.
            let inner: &[&str] = if name == "title" && html.ends_with("</title>words") {
                &[]
            } else {
                &["https://m.example"]
            };
            let wanted = [&["https://n.example"], inner, &["words"]].concat();
            assert_eq!(seen, wanted, "{html}");
        }
    }
    check(
        "<noscript>the words are here https://n.example</noscript><object data=\"x\">fallback words</object>",
        "the words are here https://n.example [frame: x] fallback words",
    );
    check("a<select><option>b<option>c</select>d", "a b c d");
    // What browsers set in a line is one word.
    check(
        "a<b>b</b><SPAN>c</SPAN><o:p>d</o:p>e<wbr>f<font color=red>g</font>",
        "abcdefg",
    );
    check("a<nothing></nothing><nothing></nothing> b", "a b");
    check("<p><nothing>a</nothing></p><pre> <nothing>b", "a\n\n b");
}

#[test]
fn what_a_style_sets_apart_is_not_one_word_with_what_stands_beside_it() {
    check(
        "<span style='display:block'>https://a.example</span>b<span>c</span>d",
        "https://a.example bcd",
    );
    check(
        "a<i style='display: inline-block !important'>b<i>c</i>d</i>e",
        "a bcd e",
    );
    check("a<a href=x style='float:left'>b</a>c", "a [b] <x> c");
    check("a<b style='position:absolute'>b</b>c", "a b c");
    check("a<b style='display:inline;color:red'>b</b>c", "abc");
    check("a<b style='display:block'>b", "a b");
}

#[test]
fn where_frames_forms_and_drawings_lead_is_shown() {
    check(
        "<svg><a xlink:href=\"https://evil.example/\"><text>https://example.org</text></a></svg>",
        "[https://example.org] <https://evil.example/>",
    );
    check("<a href=x xlink:href=y>b</a>", "[b] <x>");
    check(
        "a<iframe src=\"https://i.example/\">b</iframe>c",
        "a [frame: https://i.example/] b c",
    );
    check(
        "<embed src=https://e.example><object data=o>b</object>",
        "[frame: https://e.example] [frame: o] b",
    );
    check(
        "<iframe srcdoc='&lt;p>words&lt;/p>'></iframe>",
        "[frame: <p>words</p>]",
    );
    check(
        "<map><area href=https://m.example>a</map>",
        "[link: https://m.example] a",
    );
    check(
        "a<form action=https://f.example><input value=v></form>b",
        "a\n[form: https://f.example] [input: v]\nb",
    );
    let long = format!("<iframe src='{}'>", "x".repeat(100_000));
    assert!(words(&long).len() < 2_100);
}

#[test]
fn where_links_lead_that_name_no_host_is_said() {
    check(
        "<base href='https://evil.example/'><base href=x><a href='good.example'>good.example</a>",
        "[base: https://evil.example/]\ngood.example",
    );
    check("<base target=_blank><base href='x-msg://5/'>a", "a");
}

#[test]
fn a_page_ends_at_a_length_that_nobody_reads() {
    let html = format!(
        "{}<pre>{}",
        "<blockquote>".repeat(5),
        "a\n".repeat(1_000_000)
    );
    for html in [html, format!("<pre>a{}b", "\t".repeat(3_000_000))] {
        let shown = words(&html);
        assert!(shown.len() < super::LONGEST + 200);
        assert!(shown.ends_with("the rest of this part is in the raw mail]"));
    }
}

/// Whatever stands between words, in any order and never closed as it should be.
const BETWEEN: [&str; 40] = [
    "<nothing>",
    "</nothing>",
    "<i style='display:block'>",
    "</i>",
    "<iframe src=y>",
    "<form action=z>",
    "<div>",
    "</div>",
    "<p>",
    "<p hidden>",
    "<p class=MsoNormal>",
    "</p>",
    "<br>",
    "<hr>",
    "<pre>",
    "</pre>",
    "<a href=x>",
    "<a>",
    "</a>",
    "<blockquote>",
    "</blockquote>",
    "<ul>",
    "<ol start=9>",
    "</ol>",
    "<li>",
    "<table>",
    "<td>",
    "<tr>",
    "<span style='display:none'>",
    "</span>",
    "<template>",
    "<img alt=''>",
    "<script>",
    "<style>",
    "<title>",
    "&nbsp;",
    "&amp",
    " < ",
    "\r\n",
    "</x",
];

proptest::proptest! {
    #[test]
    fn each_word_is_shown_once_and_in_order(
        pieces in proptest::collection::vec(proptest::sample::select(&BETWEEN[..]), 1..60),
    ) {
        let word = |n: usize| format!(" word{n}. ");
        let html: String = pieces.iter().enumerate().map(|(n, p)| format!("{p}{}", word(n))).collect();
        let shown = words(&html);
        let seen: Vec<&str> = shown.match_indices("word").filter_map(|(at, _)| {
            shown.get(at..)?.split_once('.').map(|(word, _)| word)
        }).collect();
        // A tag that is not whole swallows what stands in it, up to the next one's end.
        let is_whole = !pieces.contains(&"</x");
        let expected: Vec<String> = (0..pieces.len()).map(|n| format!("word{n}")).collect();
        if is_whole {
            proptest::prop_assert_eq!(seen, expected, "{}", html);
        }
        proptest::prop_assert!(shown.len() <= 8 * html.len() + 64);
    }

    #[test]
    fn any_part_is_read_within_bounds(html in "(<|>|\"|'|=|-|!|/|&|;|a|b|p|hidden|href|style|script| |\n){0,200}") {
        proptest::prop_assert!(words(&html).len() <= 8 * html.len() + 64);
    }
}
