//! Trying again where the SDK does not: what another service has been told a moment ago is not known everywhere yet.
//!
//! The SDK repeats what is throttled or failed on the way. [`retry`] repeats what the service refused because it has
//! not heard yet of a role, a policy or a bucket; which codes mean that, the caller knows.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::errors::AwsError;
use crate::wait::{interval, jittered};

/// Between the first two attempts.
const INTERVAL_MIN: Duration = Duration::from_millis(250);
/// Between later ones: eventual consistency settles within seconds, so that asking rarely costs more than asking often.
const INTERVAL_MAX: Duration = Duration::from_secs(5);

/// Calls `attempt` until it succeeds, fails for another reason than `passes` accepts, or `deadline` is over; then the
/// last error is the answer.
pub async fn retry<T, E, A, F>(
    deadline: Instant,
    passes: impl Fn(&AwsError) -> bool,
    mut attempt: A,
) -> Result<T, AwsError>
where
    E: Into<AwsError>,
    A: FnMut() -> F,
    F: Future<Output = Result<T, E>>,
{
    let mut attempts = 0;
    loop {
        let error = match attempt().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error.into(),
        };
        let pause = jittered(interval(INTERVAL_MIN, INTERVAL_MAX, attempts));
        if !passes(&error) || Instant::now() + pause >= deadline {
            return Err(error);
        }
        tracing::debug!(%error, attempts, "trying again");
        sleep(pause).await;
        attempts += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn attempts(codes: &[&str], budget_ms: u64) -> (Result<(), String>, usize) {
        let mut made = 0;
        let deadline = Instant::now() + Duration::from_millis(budget_ms);
        let result = retry(
            deadline,
            |error| error.has_code(&["NotYet"]),
            || {
                let code = codes[made.min(codes.len() - 1)].to_owned();
                made += 1;
                async move {
                    match code.as_str() {
                        "ok" => Ok(()),
                        code => Err(AwsError::new("s3", "Put", Some(code), "")),
                    }
                }
            },
        )
        .await;
        (result.map_err(|error| error.code().unwrap().to_owned()), made)
    }

    #[tokio::test]
    async fn only_what_passes_is_tried_again_and_only_within_the_budget() {
        assert_eq!(attempts(&["ok"], 1_000).await, (Ok(()), 1));
        assert_eq!(attempts(&["NotYet", "ok"], 2_000).await, (Ok(()), 2));
        assert_eq!(attempts(&["NotYet", "Other", "ok"], 2_000).await, (Err("Other".into()), 2));
        assert_eq!(attempts(&["NotYet"], 100).await, (Err("NotYet".into()), 1));
    }
}
