//! Enrolment links, as they are pasted or scanned. What is understood can be said again.

use waypost_client::Invitation;
use waypost_server::identity::enrolment_link;

use crate::seeds::Seed;

/// A link.
pub fn link(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(invitation) = text.parse::<Invitation>() else { return };
    assert!(!invitation.host.is_empty() && !invitation.token.is_empty(), "{invitation:?}");
    // Tokens of ours are base64 for URLs; another may need an escape.
    if invitation.token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
        let Invitation { host, port, ca, token } = &invitation;
        let again = enrolment_link(host, *port, &hex::encode(ca), token);
        let read = again.parse::<Invitation>().unwrap_or_else(|error| panic!("{again}: {error}"));
        assert_eq!(read, invitation);
    }
}

/// Links as the server writes them.
pub fn seeds() -> Vec<Seed> {
    let ca = "0f".repeat(32);
    let token = "b".repeat(43);
    let hosts = ["fleet.example", "127.0.0.1", "localhost", "[::1]"];
    let mut seeds: Vec<Seed> =
        hosts.iter().map(|host| Seed::new(host, enrolment_link(host, 8443, &ca, &token))).collect();
    seeds.push(Seed::new("no port", format!("waypost://a/enrol?ca={ca}&token=%41+b")));
    seeds.push(Seed::new("https", format!("https://a/enrol?ca={ca}&token=a")));
    seeds
}
