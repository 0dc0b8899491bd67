//! The indicators of `status`: every statement asked of one database, for each period, and what the answers mean.
//!
//! All statements are looked at before anything is loaded. Statements for the past may need all of history, so they are
//! asked only where the present gave a figure.

use std::collections::BTreeSet;

use super::Session;
use crate::cadence::indicator::{self, Answer, Direction, Figure, Verdict};
use crate::config::{Indicator, Mistake, Origin};
use crate::database::sql::{Cause, Engine, Period, PeriodSlot, Reads, SqlError};
use crate::database::{self, Database, File, Wants};
use crate::error::{Error, Result};
use crate::repo::Snapshot;
use crate::report::{Explanation, FigureReceipt, Health, IndicatorReceipt, PartReceipt, Target};
use crate::text::{escape, nearest};

/// A statement, and the periods it is asked for.
struct Question<'a> {
    of: &'a Indicator,
    sql: &'a str,
    periods: &'a [Period],
}

/// What a statement gave for each period, or why it gave nothing.
type Answers = std::result::Result<Vec<Answer>, Silence>;

/// Why nobody can tell.
struct Silence {
    reason: String,
    /// Whether somebody should hear of it.
    is_loud: bool,
}

/// How many times what one statement may take all of them may take together, so that a repository with many costly ones
/// comes to an end, too.
const TOGETHER: u64 = 4;

/// Tables that hold a moment, and nothing of the repository.
const MOMENTS: [&str; 3] = ["now", "period", "today"];

impl Session {
    /// What the indicators say of `database`, which is of this session's snapshot.
    pub(super) fn health(&self, database: &Database) -> Health {
        let periods = self.periods();
        let indicators: Vec<&Indicator> = self.config.indicators.iter().collect();
        Health { indicators: self.receipts(&indicators, &periods, database), periods: wire(&periods) }
    }

    /// Everything about the indicator called `id`.
    ///
    /// # Errors
    /// Usage when there is none.
    pub fn explain_indicator(&self, id: &str) -> Result<Explanation> {
        let Some(one) = self.config.indicators.iter().find(|one| one.id == id) else {
            let message = format!("there is no indicator {}", escape(id));
            let near = nearest(id, self.config.indicators.iter().map(|one| &*one.id));
            return Err(Error::usage(message).hint(match near {
                Some(near) => format!("did you mean {near}?"),
                None => "`opsbook status --format json` lists them".to_owned(),
            }));
        };
        let wants = Wants { violations: false, unknown_fields: false, keys: false };
        let loaded = database::load(&self.snapshot, &self.snapshot, &self.config, wants, &|_| Vec::new());
        let (database, periods) = (&loaded.database, self.periods());
        let indicator = self.receipts(&[one], &periods, database).remove(0);
        let file = self.config.file.as_ref().map_or("opsbook.toml", |file| file.as_str());
        let mut explanation = Explanation {
            periods: wire(&periods),
            indicator,
            about: one.about.clone(),
            origin: match one.settings.get("/sql") {
                Some(setting) if setting.origin == Origin::File => format!("{file}:{}", setting.line),
                _ => "built in".to_owned(),
            },
            sql: one.sql.trim().to_owned(),
            past: one.past.as_ref().map(|past| past.trim().to_owned()),
            ..Explanation::default()
        };
        // What is wrong with the statement is said as the reason why the indicator is unknown.
        let _ = self.add_sources(one, &periods, database, &mut explanation);
        Ok(explanation)
    }

    /// What is wrong with the statements of indicators that the configuration file brings.
    pub(super) fn mistakes_of_indicators(&self, snapshot: &Snapshot, database: &Database) -> Vec<Mistake> {
        let is_own = |one: &&Indicator, name: &str| {
            one.settings.get(name).is_some_and(|setting| setting.origin == Origin::File)
        };
        let own = self.config.indicators.iter().flat_map(|one| {
            let past = one.past.as_deref().filter(|past| !past.trim().is_empty() && is_own(&one, "/past"));
            let sql = Some(&*one.sql).filter(|_| is_own(&one, "/sql"));
            [("/sql", sql), ("/past", past)].map(|(name, sql)| sql.map(|sql| (one, name, sql)))
        });
        let own: Vec<(&Indicator, &str, &str)> = own.flatten().collect();
        let mut mistakes = Vec::new();
        if own.is_empty() {
            return mistakes;
        }
        let sqls: Vec<&str> = own.iter().map(|(_, _, sql)| *sql).collect();
        let slot = PeriodSlot::new(self.periods().pop().expect("there is a period that ends now"));
        let Ok(engine) = self.engine_for(&sqls, snapshot, database, &slot) else { return mistakes };
        for (one, name, sql) in own {
            let Err(error) = engine.reads(sql) else { continue };
            if error.cause != Cause::Statement {
                continue;
            }
            let span = one.settings.span(name);
            let pointer = format!("/indicators/{}{name}", one.id);
            let mut mistake = Mistake::new(span, pointer, said(&error, sql));
            mistake.notes.extend(error.hint.clone());
            mistakes.push(mistake);
        }
        mistakes
    }

    /// The periods that indicators are asked for, the one that ends now last.
    pub(super) fn periods(&self) -> Vec<Period> {
        indicator::periods(self.request.now, self.config.lookback, &self.config.project.zone)
    }

    fn receipts(
        &self,
        indicators: &[&Indicator],
        periods: &[Period],
        database: &Database,
    ) -> Vec<IndicatorReceipt> {
        let Some((now, earlier)) = periods.split_last() else { return Vec::new() };
        let now = std::slice::from_ref(now);
        let questions = indicators.iter().map(|of| {
            let periods = if of.past.is_some() { now } else { periods };
            Question { of, sql: &of.sql, periods }
        });
        let mut answers = self.ask_indicators(&questions.collect::<Vec<_>>(), database);
        let is_told = |answers: &Answers| {
            let last = answers.as_ref().ok().and_then(|all| all.last()).and_then(|last| last.whole.as_ref());
            last.is_some_and(|whole| whole.value.is_some())
        };
        let of_past = |at: &usize| {
            let past = indicators[*at].past.as_deref()?;
            (!past.trim().is_empty() && is_told(&answers[*at])).then_some(past)
        };
        let asked: Vec<(usize, &str)> =
            (0..indicators.len()).filter_map(|at| Some((at, of_past(&at)?))).collect();
        let questions: Vec<Question<'_>> =
            asked.iter().map(|&(at, sql)| Question { of: indicators[at], sql, periods: earlier }).collect();
        let past = self.ask_indicators(&questions, database);
        for ((at, _), past) in asked.into_iter().zip(past) {
            // Without history the figure stands alone.
            if let (Ok(answers), Ok(past)) = (&mut answers[at], past) {
                answers.splice(0..0, past);
            }
        }
        indicators.iter().zip(answers).map(|(one, answers)| receipt(one, answers, periods.len())).collect()
    }

    /// Asks `questions`, in their order.
    fn ask_indicators(&self, questions: &[Question<'_>], database: &Database) -> Vec<Answers> {
        let Some(last) = questions.iter().find_map(|question| question.periods.last()) else {
            return questions.iter().map(|_| Ok(Vec::new())).collect();
        };
        let slot = PeriodSlot::new(last.clone());
        let sqls: Vec<&str> = questions.iter().map(|question| question.sql).collect();
        let prepared = self.engine_for(&sqls, &self.snapshot, database, &slot).and_then(|mut engine| {
            let reads: Vec<_> =
                questions.iter().map(|question| looked_at(question, &engine, database)).collect();
            let mut all = Reads::new();
            for (table, columns) in reads.iter().flatten().flatten() {
                all.entry(*table).or_default().extend(columns);
            }
            engine.load(&all)?;
            Ok((engine, reads))
        });
        let (mut engine, reads) = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                return questions.iter().map(|_| Err(Silence::loud(error.message.clone()))).collect();
            }
        };
        let steps = self.config.limits.sql_steps;
        let answers = questions.iter().zip(reads).map(|(question, reads)| {
            let reads = reads?;
            if let Some(why) = engine.unknown(&reads).into_iter().next() {
                return Err(Silence::loud(why));
            }
            let ask = |period| {
                let left = (steps.saturating_mul(TOGETHER)).saturating_sub(engine.spent());
                engine.set_steps(left.clamp(1, steps));
                indicator::ask(question.sql, period, &slot, &mut engine)
            };
            let answers: std::result::Result<Vec<Answer>, SqlError> =
                question.periods.iter().map(ask).collect();
            answers.map_err(|error| Silence::loud(said(&error, question.sql)))
        });
        answers.collect()
    }

    /// An engine for statements, with the columns that only records name if one of them needs that.
    fn engine_for<'a>(
        &'a self,
        sqls: &[&str],
        snapshot: &'a Snapshot,
        database: &'a Database,
        slot: &PeriodSlot,
    ) -> std::result::Result<Engine<'a>, SqlError> {
        let engine = self.engine_at(snapshot, database, false, slot)?;
        let is_late = |sql: &&str| engine.reads(sql).is_err_and(|error| error.is_unknown_column());
        if sqls.iter().any(is_late) { self.engine_at(snapshot, database, true, slot) } else { Ok(engine) }
    }

    /// Adds the rows that `one` gives now, and where its records are.
    fn add_sources(
        &self,
        one: &Indicator,
        periods: &[Period],
        database: &Database,
        explanation: &mut Explanation,
    ) -> std::result::Result<(), SqlError> {
        let Some(now) = periods.last() else { return Ok(()) };
        let slot = PeriodSlot::new(now.clone());
        let mut engine = self.engine_for(&[&one.sql], &self.snapshot, database, &slot)?;
        let reads = engine.reads(&one.sql)?;
        let names: Vec<String> = engine.tables().map(|table| table.name.clone()).collect();
        let mut tables: BTreeSet<usize> = BTreeSet::new();
        for (&at, columns) in &reads {
            match database.table(&names[at]) {
                Some((table, _)) => _ = tables.insert(table),
                None => {
                    tables.extend(engine.needs(&Reads::from([(at, columns.clone())])).tables);
                    explanation.tables.push(names[at].clone());
                }
            }
        }
        for table in tables.iter().map(|&at| &database.tables[at]) {
            let files = table.files.iter().map(|&at| &database.files[at]);
            let record = |file: &File| (file.path.as_str().to_owned(), table.name().to_string(), file.len());
            explanation.records.extend(files.map(record));
        }
        engine.load(&reads)?;
        engine.run(&one.sql, &mut |names, cells| {
            explanation.columns = names.to_vec();
            if !cells.is_empty() {
                explanation.rows.push(cells.iter().map(super::query::cell).collect());
            }
            Ok(())
        })
    }
}

impl Silence {
    fn loud(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_loud: true }
    }

    fn quiet(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_loud: false }
    }
}

/// What a statement reads, unless there is nothing to read, or it cannot be asked. A built-in statement that names what this
/// repository switched off has nothing to say.
fn looked_at(
    question: &Question<'_>,
    engine: &Engine<'_>,
    database: &Database,
) -> std::result::Result<Reads, Silence> {
    let Question { of, sql, .. } = *question;
    let reads = engine.reads(sql).map_err(|error| {
        let reason = said(&error, sql);
        let is_built_in = of.settings.get("/sql").is_some_and(|setting| setting.origin == Origin::BuiltIn);
        if is_built_in { Silence::quiet(reason) } else { Silence::loud(reason) }
    })?;
    let names: Vec<&str> = engine.tables().map(|table| &*table.name).collect();
    let mut empty: Vec<&str> = Vec::new();
    for (&at, columns) in reads.iter().filter(|(at, _)| !MOMENTS.contains(&names[**at])) {
        let needs = engine.needs(&Reads::from([(at, columns.clone())]));
        let holds =
            |table: &usize| database.tables[*table].files.iter().any(|&at| !database.files[at].is_empty());
        if needs.tables.is_empty() || needs.tables.iter().any(holds) {
            return Ok(reads);
        }
        empty.extend(needs.tables.iter().map(|&table| &**database.tables[table].name()));
    }
    if empty.is_empty() {
        return Ok(reads);
    }
    empty.sort_unstable();
    empty.dedup();
    Err(Silence::quiet(format!("there are no records of {}", empty.join(", "))))
}

/// What SQL says of a statement, in one line.
fn said(error: &SqlError, sql: &str) -> String {
    match error.position(sql) {
        Some((line, column)) => format!("{}, at {line}:{column} of the statement", error.message),
        None => error.message.clone(),
    }
}

fn wire(periods: &[Period]) -> Vec<[String; 4]> {
    let wire = periods
        .iter()
        .map(|period| [&period.first_day, &period.last_day, &period.since, &period.until].map(String::clone));
    wire.collect()
}

/// What `answers`, the last of them that of now, say of `one`.
fn receipt(one: &Indicator, answers: Answers, periods: usize) -> IndicatorReceipt {
    let (answers, silence) = match answers {
        Ok(answers) => (answers, None),
        Err(silence) => (Vec::new(), Some(silence)),
    };
    let mut trend: Vec<Option<f64>> = vec![None; periods.saturating_sub(answers.len())];
    trend.extend(answers.iter().map(|answer| answer.whole.as_ref().and_then(|whole| whole.value)));
    let last = answers.last().cloned().unwrap_or_default();
    let figure = last.whole.clone().unwrap_or_default();
    let silence = silence.or_else(|| silence_of(&last));
    let verdict = if silence.is_some() { Verdict::Unknown } else { indicator::verdict(one, figure.value) };
    let change = indicator::change(&trend, one.better);
    let parts = last.parts.iter().map(|(name, figure)| {
        let of = |answer: &Answer| {
            answer.parts.iter().find(|(known, _)| known == name).and_then(|(_, figure)| figure.value)
        };
        let mut trend: Vec<Option<f64>> = vec![None; periods.saturating_sub(answers.len())];
        trend.extend(answers.iter().map(of));
        PartReceipt {
            name: name.clone(),
            state: state(indicator::verdict(one, figure.value)),
            figure: shown(figure),
            trend,
        }
    });
    let is_shown =
        silence.as_ref().is_none_or(|silence| silence.is_loud) || trend.iter().any(Option::is_some);
    IndicatorReceipt {
        id: one.id.clone(),
        title: one.title.clone(),
        unit: one.unit.clone(),
        target: one
            .target
            .as_ref()
            .and_then(|target| Some(Target { op: target.op.name(), value: target.number()? })),
        better: one.better.map(crate::config::Better::name),
        state: state(verdict),
        reason: silence.map(|silence| silence.reason),
        parts: parts.collect(),
        figure: shown(&figure),
        direction: change.map(|change| match change.direction {
            Direction::Up => "up",
            Direction::Down => "down",
            Direction::Level => "level",
        }),
        is_better: change.and_then(|change| change.is_better),
        trend,
        is_shown,
    }
}

/// Why an answer without a value has none.
fn silence_of(answer: &Answer) -> Option<Silence> {
    if let Some(lacks) = answer.lacks {
        return Some(Silence::loud(lacks));
    }
    match &answer.whole {
        Some(whole) if whole.value.is_some() => None,
        Some(Figure { note: Some(note), .. }) => Some(Silence::loud(note.clone())),
        _ => Some(Silence::quiet("there is nothing to count in this period")),
    }
}

const fn state(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "ok",
        Verdict::Missed => "off-target",
        Verdict::Free => "no-target",
        Verdict::Unknown => "unknown",
    }
}

fn shown(figure: &Figure) -> FigureReceipt {
    FigureReceipt {
        value: figure.value,
        numerator: figure.numerator,
        denominator: figure.denominator,
        note: figure.note.clone(),
    }
}
