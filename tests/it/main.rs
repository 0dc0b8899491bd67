//! The one integration-test binary.

mod layers;
mod rule_pages;
mod scale;
mod schemas;
mod scope;
mod staged;
mod support;
