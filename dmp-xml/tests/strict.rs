//! What the reader refuses and accepts, row by row.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

use dmp_xml::{Event, Limits, Reader, XmlErrorKind, parse};

fn kind(xml: &str) -> Option<XmlErrorKind> {
    parse(xml.as_bytes(), &Limits::default()).err().map(|e| e.kind)
}

#[test]
fn breaches_of_the_syntax_are_refused() {
    for xml in [
        "<a>]]></a>",
        "<a b='1'c='2'/>",
        "<a b=1/>",
        "<a b/>",
        "<a b='<'/>",
        "<a b='&'/>",
        "<a b='&#;'/>",
        "<a b='&#x;'/>",
        "<a b='&#+65;'/>",
        "<a>&</a>",
        "<a>& b;</a>",
        "<a>&#xG;</a>",
        "<a></b>",
        "<a><b></a></b>",
        "</a>",
        "<a><!-- -- --></a>",
        "<a><!-- x ---></a>",
        "<a><?xml version='1.0'?></a>",
        "<a><?XmL x?></a>",
        " <?xml version='1.0'?><a/>",
        "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='1.1'?><a/>",
        "<?xml version='1.0' standalone='maybe'?><a/>",
        "<a><!ELEMENT x></a>",
        "<a><![CDATA[x]]</a>",
        "<a><![cdata[x]]></a>",
        "<a b='1",
        "<a/ >",
    ] {
        assert!(kind(xml).is_some(), "accepted: {xml}");
    }
}

#[test]
fn names_and_namespaces_are_checked() {
    for (xml, expected) in [
        ("<1a/>", XmlErrorKind::IllegalName),
        ("<a:b:c xmlns:a='u'/>", XmlErrorKind::IllegalName),
        ("<:a/>", XmlErrorKind::IllegalName),
        ("<a: xmlns:a='u'/>", XmlErrorKind::IllegalName),
        ("<p:a/>", XmlErrorKind::UnboundPrefix("p".into())),
        ("<a p:b=''/>", XmlErrorKind::UnboundPrefix("p".into())),
        ("<a><b xmlns:p='u'/><p:c/></a>", XmlErrorKind::UnboundPrefix("p".into())),
        ("<a xmlns:p=''/>", XmlErrorKind::IllegalNamespace),
        ("<a xmlns:xmlns='u'/>", XmlErrorKind::IllegalNamespace),
        ("<a xmlns:xml='u'/>", XmlErrorKind::IllegalNamespace),
        ("<a b='1' b='2'/>", XmlErrorKind::DuplicateAttribute("b".into())),
        ("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", XmlErrorKind::DuplicateAttribute("b".into())),
        ("<a xmlns:p='u' xmlns:p='v'/>", XmlErrorKind::DuplicateAttribute("xmlns:p".into())),
    ] {
        assert_eq!(kind(xml), Some(expected), "{xml}");
    }
}

#[test]
fn the_document_has_one_root_and_no_dtd() {
    for (xml, expected) in [
        ("", XmlErrorKind::Truncated),
        ("<!-- x -->", XmlErrorKind::Truncated),
        ("<a>", XmlErrorKind::Truncated),
        ("<a/><b/>", XmlErrorKind::ContentOutsideRoot),
        ("<a/>x", XmlErrorKind::ContentOutsideRoot),
        ("x<a/>", XmlErrorKind::ContentOutsideRoot),
        ("<a/>&#32;", XmlErrorKind::ContentOutsideRoot),
        ("<![CDATA[ ]]><a/>", XmlErrorKind::ContentOutsideRoot),
        ("<!DOCTYPE a><a/>", XmlErrorKind::Doctype),
        ("<!doctype a [<!ENTITY b 'c'>]><a>&b;</a>", XmlErrorKind::Doctype),
        ("<a>&b;</a>", XmlErrorKind::UndeclaredEntity),
        ("<a b='&b;'/>", XmlErrorKind::UndeclaredEntity),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", XmlErrorKind::NotUtf8),
        ("<a>&#0;</a>", XmlErrorKind::ForbiddenCharacter(0)),
        ("<a>\u{1}</a>", XmlErrorKind::ForbiddenCharacter(1)),
        ("<a>&#x1;</a>", XmlErrorKind::ForbiddenCharacter(1)),
        ("<a>&#xD800;</a>", XmlErrorKind::ForbiddenCharacter(0xD800)),
        ("<a>\u{FFFE}</a>", XmlErrorKind::ForbiddenCharacter(0xFFFE)),
        ("<a><?\u{1}?></a>", XmlErrorKind::ForbiddenCharacter(1)),
    ] {
        assert_eq!(kind(xml), Some(expected), "{xml}");
    }
    assert_eq!(parse(b"\xFF\xFE<\0a\0", &Limits::default()).unwrap_err().kind, XmlErrorKind::NotUtf8);
    assert_eq!(parse(b"<a>\xE9</a>", &Limits::default()).unwrap_err().kind, XmlErrorKind::NotUtf8);
}

#[test]
fn limits_are_named() {
    let deep = format!("{}{}", "<a>".repeat(129), "</a>".repeat(129));
    let wide = format!("<a {}/>", (0..257).map(|i| format!("a{i}='' ")).collect::<String>());
    let scoped: String = (0..10)
        .map(|d| format!("<a {}>", (0..200).map(|i| format!("xmlns:p{d}x{i}='u' ")).collect::<String>()))
        .collect();
    let many = format!("<a>{}</a>", "<b/>".repeat(10));
    let limits = Limits { elements: 10, token: 4096, ..Limits::default() };
    for (xml, what) in [
        (deep.as_str(), "nesting depth"),
        (&wide, "attributes of one element"),
        (&scoped, "namespaces in scope"),
        (&many, "number of elements"),
        (&format!("<a><!--{}--></a>", "x".repeat(5000)), "size of one tag, comment or processing instruction"),
    ] {
        match parse(xml.as_bytes(), &Limits { elements: if what.starts_with("number") { 10 } else { 1000 }, ..limits })
        {
            Err(e) => assert!(matches!(e.kind, XmlErrorKind::LimitPassed { what: w, .. } if w == what), "{what}: {e}"),
            Ok(_) => panic!("accepted: {what}"),
        }
    }
    assert!(parse(&b"<a>".repeat(100), &Limits::default().with_bytes(200)).is_err());
    assert!(parse(format!("{}{}", "<a>".repeat(128), "</a>".repeat(128)).as_bytes(), &Limits::default()).is_ok());
}

#[test]
fn line_ends_references_and_cdata_become_text() {
    let root = parse(
        "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-8\" standalone='yes'?>\r\n<?p  q?><!--c--><a x='1\r\n2&#13;&quot;'>é\r\n&lt;\r<![CDATA[<&\r\n]]>&#x1F600;<b/></a>\r\n<!-- end -->".as_bytes(),
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(root.text(), "é\n<\n<&\n😀");
    assert_eq!(root.attr("x"), Some("1 2\r\""));
    assert!(root.has_cdata);
    assert_eq!((root.line, root.column), (2, 17));
}

#[test]
fn qnames_in_values_resolve_in_scope() {
    let mut reader = Reader::new(&b"<a xmlns:p='u'><b xmlns='v'/></a>"[..], Limits::default());
    assert!(matches!(reader.next().unwrap(), Event::Start(_)));
    assert_eq!((reader.resolve_prefix("p"), reader.resolve_prefix("")), (Some("u"), Some("")));
    assert!(matches!(reader.next().unwrap(), Event::Start(_)));
    assert_eq!((reader.resolve_prefix("q"), reader.resolve_prefix("")), (None, Some("v")));
}

#[test]
fn errors_say_where() {
    let error = parse(b"<a>\n  <b>\n  <p:c/></b></a>", &Limits::default()).unwrap_err();
    assert_eq!((error.line, error.column), (3, 3));
}
