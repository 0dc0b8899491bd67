//! The one integration-test binary.

mod layers;
mod rule_pages;
mod scale;
mod schemas;
mod staged;
mod support;
