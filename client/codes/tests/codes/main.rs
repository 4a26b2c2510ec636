//! Codes as drivers meet them: drawn by another program, photographed badly, and what GS1 has put into them.

mod drawn;
mod formats;
mod gs1;
mod matching;
mod pictures;
mod properties;
