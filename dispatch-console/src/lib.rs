//! The dispatcher's desktop console.
