//! The one integration-test binary.

mod docs;
mod layers;
mod rule_pages;
mod scale;
mod schemas;
mod staged;
mod support;
