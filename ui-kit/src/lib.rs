//! What both apps share on the screen: theme, type scale, bubbles, ticks, banner and icons.
