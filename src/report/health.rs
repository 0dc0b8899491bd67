//! The indicators of `opsbook status`, for people and for programs: each with its figure, its target, how it went before,
//! and whether it is what it should be.

mod explanation;
#[cfg(test)]
pub(super) mod tests;
mod wire;

use std::io::{self, Write};

pub use explanation::Explanation;
use serde::Serialize;
pub(super) use wire::WireHealth;

use super::Style;
use super::plain::{shown, thousands, unled, width, wrap};

/// How operations are.
#[derive(Debug, Default)]
pub struct Health {
    /// The periods, the one that ends now last: first and last day, moments before the first and at the end, in UTC.
    pub periods: Vec<[String; 4]>,
    /// The indicators.
    pub indicators: Vec<IndicatorReceipt>,
}

/// One indicator.
#[derive(Debug, Default)]
pub struct IndicatorReceipt {
    /// What commands and programs call it.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What its values count.
    pub unit: String,
    /// What it is to keep to.
    pub target: Option<Target>,
    /// Which way is better: `higher`, `lower`, `nearer`.
    pub better: Option<&'static str>,
    /// Whether it is what it should be: `ok`, `off-target`, `no-target`, `unknown`.
    pub state: &'static str,
    /// Why it is unknown.
    pub reason: Option<String>,
    /// What the period that ends now gave.
    pub figure: FigureReceipt,
    /// Its values in all periods.
    pub trend: Vec<Option<f64>>,
    /// Which way it went since the period before: `up`, `down`, `level`.
    pub direction: Option<&'static str>,
    /// Whether that is better.
    pub is_better: Option<bool>,
    /// What it is made of.
    pub parts: Vec<PartReceipt>,
    /// Whether there is something to say of it.
    pub is_shown: bool,
}

/// What an indicator is to keep to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Target {
    /// How a value is compared with it.
    pub op: &'static str,
    /// With what.
    pub value: f64,
}

/// A figure.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FigureReceipt {
    /// The value.
    pub value: Option<f64>,
    /// How much of the whole it stands for.
    pub numerator: Option<f64>,
    /// The whole.
    pub denominator: Option<f64>,
    /// What else there is to say.
    pub note: Option<String>,
}

/// A part of an indicator.
#[derive(Debug)]
pub struct PartReceipt {
    /// What it is about.
    pub name: String,
    /// Whether it is what it should be, as for the whole.
    pub state: &'static str,
    /// What the period that ends now gave.
    pub figure: FigureReceipt,
    /// Its values in all periods.
    pub trend: Vec<Option<f64>>,
}

/// How many parts of an indicator are listed unless all are asked for.
const LISTED: usize = 8;

/// The narrowest that a reason is broken into, and the fewest columns that titles are cut to before figures are left out.
const NARROW: usize = 20;

impl Health {
    /// Writes the indicators that say something, for people; nothing when there is none.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_text(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let told: Vec<&IndicatorReceipt> = self.indicators.iter().filter(|one| one.is_shown).collect();
        let (Some(period), false) = (self.periods.last(), told.is_empty()) else { return Ok(()) };
        writeln!(out, "health, {} to {}:", period[0], period[1])?;
        let lines: Vec<Line> = told.iter().flat_map(|one| lines(one, style)).collect();
        let layout = Layout::of(&lines, style);
        lines.iter().try_for_each(|line| layout.write(line, style, out))
    }

    pub(super) fn wire(&self) -> WireHealth<'_> {
        WireHealth::new(self)
    }
}

/// A line of the table.
#[derive(Default)]
struct Line {
    /// Whether it is a part of the one above.
    is_part: bool,
    title: String,
    value: String,
    share: String,
    target: String,
    trend: String,
    state: &'static str,
    /// What stands behind the title instead of figures.
    instead: Option<String>,
}

fn lines(one: &IndicatorReceipt, style: &Style) -> Vec<Line> {
    let mut lines = vec![whole(one)];
    if let Some(note) = one.figure.note.as_deref().filter(|_| one.figure.value.is_some()) {
        lines.push(Line { instead: Some(shown(note)), ..Line::part() });
    }
    let listed =
        if style.verbose || style.all || one.parts.len() <= LISTED + 1 { one.parts.len() } else { LISTED };
    // One part alone is the whole once more.
    if one.parts.len() > 1 {
        lines.extend(one.parts[..listed].iter().map(|part| of_part(one, part)));
    }
    if listed < one.parts.len() {
        let more = thousands(one.parts.len() - listed);
        lines.push(Line {
            instead: Some(format!("… and {more} more (--verbose shows them)")),
            ..Line::part()
        });
    }
    lines
}

fn whole(one: &IndicatorReceipt) -> Line {
    let instead = (one.figure.value.is_none())
        .then(|| format!("unknown: {}", shown(one.reason.as_deref().unwrap_or("nobody can tell"))));
    Line {
        is_part: false,
        title: shown(&one.title),
        value: value(one, one.figure.value),
        share: share(&one.figure),
        target: one.target.as_ref().map(|target| goal(target, &one.unit)).unwrap_or_default(),
        trend: format!("{}{}", spark(&one.trend), change(one)),
        state: one.state,
        instead,
    }
}

fn of_part(one: &IndicatorReceipt, part: &PartReceipt) -> Line {
    Line {
        title: shown(&part.name),
        value: value(one, part.figure.value),
        share: share(&part.figure),
        trend: spark(&part.trend),
        // That a part is well goes without saying.
        state: if part.state == "off-target" { part.state } else { "" },
        ..Line::part()
    }
}

impl Line {
    fn part() -> Self {
        Self { is_part: true, ..Self::default() }
    }

    const fn indent(&self) -> usize {
        if self.is_part { 4 } else { 2 }
    }
}

/// How wide the columns are.
struct Layout {
    title: usize,
    value: usize,
    share: usize,
    target: usize,
    trend: usize,
}

impl Layout {
    fn of(lines: &[Line], style: &Style) -> Self {
        let widest = |text: &dyn Fn(&Line) -> usize| {
            lines.iter().filter(|line| line.instead.is_none()).map(text).max().unwrap_or(0)
        };
        let value = widest(&|line| width(&line.value));
        let mut share = widest(&|line| width(&line.share));
        let target = widest(&|line| width(&line.target));
        let mut trend = widest(&|line| width(&line.trend));
        // Titles get what the figures leave. Where that is too little to know them by, some figures are left out.
        let room = |share: usize, trend: usize| {
            let figures = [value, share, target, trend, "off target".len()];
            let taken: usize = figures.iter().filter(|wide| **wide > 0).map(|wide| wide + 2).sum();
            style.width.saturating_sub(taken)
        };
        if room(share, trend) < NARROW {
            share = 0;
        }
        if room(share, trend) < NARROW {
            trend = 0;
        }
        let longest = lines.iter().map(|line| line.indent() + width(&line.title)).max().unwrap_or(0);
        Self { title: longest.min(room(share, trend)).max(NARROW / 2), value, share, target, trend }
    }

    fn write(&self, line: &Line, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let indent = " ".repeat(line.indent());
        if let Some(instead) = &line.instead {
            return self.write_words(line, instead, style, out);
        }
        let title = fitted(&line.title, self.title - line.indent());
        let mut text = format!("{indent}{}", pad(&title, self.title - line.indent()));
        text.push_str(&format!("  {}{}", " ".repeat(self.value - width(&line.value)), line.value));
        for (cell, wide) in
            [(&line.share, self.share), (&line.target, self.target), (&line.trend, self.trend)]
        {
            if wide > 0 {
                text.push_str("  ");
                text.push_str(&pad(cell, wide));
            }
        }
        let state = match line.state {
            "off-target" => "off target",
            "no-target" | "" => "",
            state => state,
        };
        text.push_str(&format!("  {}", colored(state, line.state, style)));
        writeln!(out, "{}", unled(text.trim_end().to_owned()))
    }

    /// Writes a line that has words and no figures, behind its title if it has one.
    fn write_words(&self, line: &Line, words: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut start = " ".repeat(line.indent());
        if !line.title.is_empty() {
            start.push_str(&pad(&line.title, self.title - line.indent()));
            start.push_str("  ");
        }
        let room = style.width.saturating_sub(width(&start)).max(NARROW);
        for (at, text) in wrap(words, room, room).into_iter().enumerate() {
            let before = if at == 0 { start.clone() } else { " ".repeat(width(&start)) };
            writeln!(out, "{}", unled(format!("{before}{}", colored(&text, line.state, style))))?;
        }
        Ok(())
    }
}

fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text` in at most `columns` columns.
fn fitted(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut out = String::new();
    for piece in super::plain::clusters(text) {
        if width(&out) + width(&text[piece.clone()]) + 1 > columns {
            break;
        }
        out.push_str(&text[piece]);
    }
    out.push('…');
    out
}

/// `text` in the colour of a state, where there is colour.
fn colored(text: &str, state: &str, style: &Style) -> String {
    let color = match state {
        "ok" => "32",
        "off-target" => "31",
        "unknown" => "33",
        _ => "",
    };
    if style.color && !color.is_empty() && !text.is_empty() {
        format!("\u{1b}[{color}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}

/// A value as people read it: its unit behind it, a sign where its distance from nothing counts.
fn value(one: &IndicatorReceipt, value: Option<f64>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    let is_signed = one.target.as_ref().is_some_and(|target| target.op == "within");
    let text = number(value);
    let plus = if is_signed && value > 0.0 && text != "0" { "+" } else { "" };
    with_unit(&format!("{plus}{text}"), &one.unit)
}

/// A target as people read it.
fn goal(target: &Target, unit: &str) -> String {
    let value = number(target.value);
    let text = match target.op {
        "within" => format!("± {value}"),
        op => format!("{op} {value}"),
    };
    with_unit(&text, unit)
}

fn share(figure: &FigureReceipt) -> String {
    match (figure.numerator, figure.denominator) {
        (Some(some), Some(all)) => format!("{} of {}", number(some), number(all)),
        _ => String::new(),
    }
}

fn with_unit(text: &str, unit: &str) -> String {
    if unit.is_empty() { text.to_owned() } else { format!("{text} {}", shown(unit)) }
}

/// `1204.46` as `1,204.5`, `0.9574` as `0.957`: the smaller a number, the more of its digits say something.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        small if small < 1.0 => 3,
        small if small < 10.0 => 2,
        _ => 1,
    };
    let text = format!("{:.digits$}", value.abs());
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (whole, rest) = text.find('.').map_or((text, ""), |point| text.split_at(point));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    let sign = if value < 0.0 && text != "0" { "-" } else { "" };
    format!("{sign}{whole}{rest}")
}

/// Values as blocks, the least the lowest; nothing when there are not two to compare.
fn spark(values: &[Option<f64>]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let known = || values.iter().flatten().copied();
    if known().count() < 2 {
        return String::new();
    }
    let (least, most) =
        known().fold((f64::MAX, f64::MIN), |(least, most), one| (least.min(one), most.max(one)));
    let block = |value: &Option<f64>| match value {
        None => '·',
        Some(_) if most <= least => BLOCKS[3],
        Some(value) => BLOCKS[((value - least) / (most - least) * 7.0).round() as usize],
    };
    values.iter().map(block).collect()
}

/// How the last value compares with the one before: in a word where one way is better, else by an arrow.
fn change(one: &IndicatorReceipt) -> &'static str {
    match (one.is_better, one.direction) {
        (Some(true), _) => " better",
        (Some(false), _) => " worse",
        (None, Some("up")) => " ↑",
        (None, Some("down")) => " ↓",
        (None, Some(_)) => " →",
        (None, None) => "",
    }
}
