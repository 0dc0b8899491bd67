//! The one integration-test binary.

mod baseline;
mod docs;
mod layers;
mod projects;
mod real;
mod rule_pages;
mod scale;
mod schemas;
mod scope;
mod staged;
mod support;
