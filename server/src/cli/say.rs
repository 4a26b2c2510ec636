//! What commands print.

use std::fmt::Display;
use std::io::{ErrorKind, Write as _};

/// Prints a line. Whoever reads no further, such as `head`, has seen enough: the command ends.
pub fn say(line: impl Display) {
    if let Err(error) = writeln!(std::io::stdout(), "{line}") {
        if error.kind() != ErrorKind::BrokenPipe {
            eprintln!("the output cannot be written: {error}");
            std::process::exit(1);
        }
        std::process::exit(0);
    }
}
