//! Where a search begins: the frames and bodies of the golden files of the contract, which are what
//! real devices and servers send. It invents none.

const UPLINKS: &str = include_str!("../../../protocol/tests/contract/golden/uplink.txt");
const DOWNLINKS: &str = include_str!("../../../protocol/tests/contract/golden/downlink.txt");
const BODIES: &str = include_str!("../../../protocol/tests/contract/golden/bodies.txt");

/// One input that means something.
pub struct Seed {
    /// What it is.
    pub name: String,
    /// The input.
    pub bytes: Vec<u8>,
}

impl Seed {
    /// A seed whose name can be that of a file.
    pub fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let name = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        Self { name, bytes: bytes.into() }
    }
}

/// One sample of a golden file.
struct Golden<'a> {
    name: &'a str,
    /// The number of its kind, if it is a body.
    kind: Option<u16>,
    bytes: Vec<u8>,
    json: &'a str,
}

/// Every uplink frame.
pub fn uplinks() -> Vec<Seed> {
    golden(UPLINKS).map(|it| Seed::new(it.name, it.bytes)).collect()
}

/// Every downlink frame.
pub fn downlinks() -> Vec<Seed> {
    golden(DOWNLINKS).map(|it| Seed::new(it.name, it.bytes)).collect()
}

/// Every body, after its kind.
pub fn contents() -> Vec<Seed> {
    let content = |it: Golden<'_>| {
        let kind = it.kind.expect("a body has a kind").to_be_bytes();
        Seed::new(it.name, [&kind, &it.bytes[..]].concat())
    };
    golden(BODIES).map(content).collect()
}

/// All of them in JSON.
pub fn jsons() -> Vec<Seed> {
    let all = [UPLINKS, DOWNLINKS, BODIES].into_iter().flat_map(golden);
    all.map(|it| Seed::new(it.name, it.json)).collect()
}

/// Samples stand one below the other: `# name: size`, hexadecimal, CBOR in words, JSON.
fn golden(file: &'static str) -> impl Iterator<Item = Golden<'static>> {
    file.split("# ").filter(|sample| !sample.trim().is_empty()).map(|sample| {
        let (head, rest) = sample.split_once('\n').expect("a head");
        let (bytes, rest) = rest.split_once('\n').expect("bytes");
        let from = rest.find("\n{").expect("JSON") + 1;
        let to = rest.find("\n}").expect("the end of the JSON") + 2;
        let name = head.rsplit_once(": ").expect("a size").0;
        let kind = name.split_once("(kind ").map(|(_, it)| it.trim_end_matches(')'));
        Golden {
            name,
            kind: kind.map(|number| number.parse().expect("a number")),
            bytes: hex::decode(bytes).expect("hexadecimal"),
            json: &rest[from..to],
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_the_frames_of_the_contract() {
        assert!(uplinks().len() >= 4 && downlinks().len() >= 7 && contents().len() >= 15);
        for seed in uplinks() {
            waypost_protocol::Uplink::from_bytes(&seed.bytes).expect(&seed.name);
        }
        for seed in jsons() {
            serde_json::from_slice::<serde_json::Value>(&seed.bytes).expect(&seed.name);
        }
    }
}
