//! What of a schedule is enough to fail.

use super::op::Op;

/// Takes acts away, first many at once, while what is left still fails.
pub(crate) fn shrink(ops: &[Op], fails: impl Fn(&[Op]) -> bool) -> Vec<Op> {
    let (mut ops, mut piece) = (ops.to_vec(), ops.len() / 2);
    while piece > 0 {
        let mut at = 0;
        while at < ops.len() {
            let end = (at + piece).min(ops.len());
            let rest: Vec<Op> = ops[..at].iter().chain(&ops[end..]).copied().collect();
            if fails(&rest) { ops = rest } else { at = end }
        }
        piece /= 2;
    }
    ops
}
