//! The driver's touch app.
