//! Where one stanza ends and the next begins, and the few words of one that are needed. It is no
//! parser of XML: it reads what one server writes, and refuses to judge whether that is XML.

/// Takes the first whole stanza out of a buffer. The header of the stream is a stanza of its own.
pub(super) fn take(buffer: &mut String) -> Option<String> {
    let end = end_of_first(buffer)?;
    let rest = buffer.split_off(end);
    Some(std::mem::replace(buffer, rest))
}

fn end_of_first(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    loop {
        let open = at + text.get(at..)?.find('<')?;
        let close = open + end_of_tag(&text[open..])?;
        let tag = &text[open..=close];
        at = close + 1;
        if tag.starts_with("<?") {
            continue;
        }
        if tag.starts_with("<stream:stream") || tag.starts_with("</stream:stream") {
            return Some(at);
        }
        if tag.starts_with("</") {
            depth -= 1;
        } else if !tag.ends_with("/>") {
            depth += 1;
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The place of the `>` of the tag that begins here; one within quotes is none.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The value of an attribute of the first tag.
pub(super) fn attribute<'a>(stanza: &'a str, name: &str) -> Option<&'a str> {
    let tag = stanza.get(..=end_of_tag(stanza)?)?;
    let begin = tag.find(&format!(" {name}='"))? + name.len() + 3;
    let rest = &tag[begin..];
    rest.get(..rest.find('\'')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stanzas_are_taken_one_by_one_as_they_become_whole() {
        let mut buffer = "<?xml version='1.0'?><stream:stream to='a>b'><features><a/>".to_owned();
        assert_eq!(
            take(&mut buffer).as_deref(),
            Some("<?xml version='1.0'?><stream:stream to='a>b'>")
        );
        assert_eq!(take(&mut buffer), None);
        buffer.push_str("</features><presence/><mess");
        assert_eq!(take(&mut buffer).as_deref(), Some("<features><a/></features>"));
        assert_eq!(take(&mut buffer).as_deref(), Some("<presence/>"));
        assert_eq!(take(&mut buffer), None);
        assert_eq!(buffer, "<mess");
    }

    #[test]
    fn attributes_are_those_of_the_first_tag() {
        let stanza = "<message from='u7@localhost/x' id='12'><received id='13'/></message>";
        assert_eq!(attribute(stanza, "id"), Some("12"));
        assert_eq!(attribute(stanza, "from"), Some("u7@localhost/x"));
        assert_eq!(attribute(stanza, "to"), None);
    }
}
