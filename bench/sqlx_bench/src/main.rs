//! sqlx beside cairn::sql: the tasks of sql_bench.cpp and pool_bench.cpp, on the file that sql_bench made.
//!
//!     sqlx_bench FILE ROUNDS ROWS current_thread|multi_thread
//!
//! Prints one JSON object of the same form; bench/sql_bench.py puts them together.
//!
//! The settings are sqlx's fastest that we found: persistent statements, no logging of statements, no test
//! before a connection is lent, and room for many rows between its thread and ours.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Instant;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection, SqlitePool};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[derive(sqlx::FromRow)]
struct Task {
    id: i64,
    title: String,
    #[allow(dead_code)]
    priority: f64,
    due: Option<i64>,
}

const LOOK_UP: &str = "SELECT id, title, priority, due FROM tasks WHERE id = ?";
const SCAN: &str = "SELECT id, title, priority, due FROM tasks LIMIT 10000";
const INSERT: &str = "INSERT INTO inserted(title, priority, due) VALUES (?, ?, ?)";
const LOOK_UPS: usize = 1000;
const INSERTS: usize = 2000;
const SCANNED: usize = 10000;
const READERS: u32 = 4;

fn checksum(task: &Task) -> u64 {
    let due = task.due.unwrap_or(7) as u64;
    (task.id as u64).wrapping_mul(31) + task.title.len() as u64 + due
}

fn options(path: &str) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", "-64000")
        .pragma("mmap_size", "1073741824")
        .row_buffer_size(1000)
        .disable_statement_logging()
}

/// The same numbers as sql_task.hpp's.
fn ids_to_look_up(rows: usize) -> Vec<i64> {
    let mut state: u64 = 42;
    let mut next = || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((state >> 33) % rows as u64) as i64 + 1
    };
    (0..LOOK_UPS).map(|_| next()).collect()
}

async fn look_up(db: &mut SqliteConnection, ids: &[i64]) -> Outcome<u64> {
    let mut sum = 0;
    for id in ids {
        sum += checksum(&sqlx::query_as(LOOK_UP).bind(id).fetch_one(&mut *db).await?);
    }
    Ok(sum)
}

async fn look_up_in_one(db: &mut SqliteConnection, ids: &[i64]) -> Outcome<u64> {
    let mut tx = db.begin().await?;
    let sum = look_up(&mut tx, ids).await?;
    tx.commit().await?;
    Ok(sum)
}

async fn insert(db: &mut SqliteConnection) -> Outcome<u64> {
    let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
    for i in 0..INSERTS {
        sqlx::query(INSERT)
            .bind("a task to be done some day")
            .bind(i as f64 * 0.5)
            .bind(i as i64)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(0)
}

async fn scan(db: &mut SqliteConnection) -> Outcome<u64> {
    let tasks: Vec<Task> = sqlx::query_as(SCAN).fetch_all(db).await?;
    Ok(tasks.iter().map(checksum).sum())
}

async fn acquire(pool: &SqlitePool) -> Outcome<()> {
    for _ in 0..LOOK_UPS {
        pool.acquire().await?;
    }
    Ok(())
}

async fn trips(pool: SqlitePool, ids: Vec<i64>) -> Outcome<u64> {
    let mut sum = 0;
    for id in ids {
        sum += checksum(&sqlx::query_as(LOOK_UP).bind(id).fetch_one(&pool).await?);
    }
    Ok(sum)
}

async fn eight_at_once(pool: &SqlitePool, ids: &[i64]) -> Outcome<u64> {
    let tasks: Vec<_> = ids
        .chunks(ids.len().div_ceil(8))
        .map(|part| tokio::spawn(trips(pool.clone(), part.to_vec())))
        .collect();
    let mut sum = 0;
    for task in tasks {
        sum += task.await??;
    }
    Ok(sum)
}

#[derive(Default)]
struct Report {
    times: BTreeMap<&'static str, Vec<f64>>,
    sums: BTreeMap<&'static str, u64>,
}

impl Report {
    fn add(&mut self, task: &'static str, began: Instant, operations: usize, sum: u64) {
        let ns = began.elapsed().as_nanos() as f64;
        self.times
            .entry(task)
            .or_default()
            .push(ns / operations as f64);
        self.sums.insert(task, sum);
    }

    /// Medians; the first round only warms up.
    fn print(mut self) {
        let mut entries = Vec::new();
        for (task, times) in &mut self.times {
            times.remove(0);
            times.sort_by(f64::total_cmp);
            entries.push(format!("\"{task}.sqlx\": {:.1}", times[times.len() / 2]));
        }
        for (task, sum) in &self.sums {
            entries.push(format!("\"checksum.{task}\": {sum}"));
        }
        println!("{{{}}}", entries.join(", "));
    }
}

async fn measure(path: &str, rounds: usize, rows: usize) -> Outcome<()> {
    let ids = ids_to_look_up(rows);
    let mut db = options(path).connect().await?;
    let pool = SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_with(options(path))
        .await?;

    let mut report = Report::default();
    for _ in 0..=rounds {
        let began = Instant::now();
        let sum = look_up(&mut db, &ids).await?;
        report.add("look_up", began, LOOK_UPS, sum);

        let began = Instant::now();
        let sum = look_up_in_one(&mut db, &ids).await?;
        report.add("look_up_in_one", began, LOOK_UPS, sum);

        db.execute("DELETE FROM inserted").await?;
        let began = Instant::now();
        let sum = insert(&mut db).await?;
        report.add("insert", began, INSERTS, sum);

        let began = Instant::now();
        let sum = scan(&mut db).await?;
        report.add("scan", began, rows.min(SCANNED), sum);

        let began = Instant::now();
        acquire(&pool).await?;
        report.add("acquire", began, LOOK_UPS, 0);

        let began = Instant::now();
        let sum = trips(pool.clone(), ids.clone()).await?;
        report.add("trip", began, LOOK_UPS, sum);

        let began = Instant::now();
        let sum = eight_at_once(&pool, &ids).await?;
        report.add("eight_trips", began, LOOK_UPS, sum);
    }
    pool.close().await;
    report.print();
    Ok(())
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, path, rounds, rows, runtime] = arguments.as_slice() else {
        return Err("usage: sqlx_bench FILE ROUNDS ROWS current_thread|multi_thread".into());
    };
    let mut builder = match runtime.as_str() {
        "current_thread" => tokio::runtime::Builder::new_current_thread(),
        "multi_thread" => tokio::runtime::Builder::new_multi_thread(),
        other => return Err(format!("there is no runtime {other}").into()),
    };
    let runtime = builder.enable_all().build()?;
    runtime.block_on(measure(path, rounds.parse()?, rows.parse()?))
}
