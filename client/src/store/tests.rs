//! The store on real files, and against the reference that says what each change means.
