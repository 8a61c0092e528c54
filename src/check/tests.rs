//! What a survey makes of what it heard.

mod assembling;
mod cleaning;
mod facts;
mod support;
mod survey;
