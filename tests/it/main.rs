//! The one integration-test binary.

mod layers;
mod rule_pages;
mod schemas;
