//! The instructions by which an object is stored as a change to another one.
//! The format: <https://git-scm.com/docs/gitformat-pack#_deltified_representation>.

use whose_detect::Copied;

/// The size of the base and of the result, and the instructions behind them.
pub(crate) fn sizes(delta: &[u8]) -> Result<(u64, u64, &[u8]), &'static str> {
    let (base, rest) = size(delta)?;
    let (result, rest) = size(rest)?;
    Ok((base, result, rest))
}

fn size(mut bytes: &[u8]) -> Result<(u64, &[u8]), &'static str> {
    let (mut value, mut shift) = (0_u64, 0);
    while let Some((&byte, rest)) = bytes.split_first() {
        if shift > 56 {
            return Err("a size of a delta is not a number");
        }
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok((value, rest));
        }
        shift += 7;
        bytes = rest;
    }
    Err("a delta ends within its sizes")
}

/// Makes the result of `size` bytes, and tells which runs of it were copied.
pub(crate) fn apply(
    base: &[u8],
    mut instructions: &[u8],
    size: usize,
    result: &mut Vec<u8>,
    copied: &mut Vec<Copied>,
) -> Result<(), &'static str> {
    result.clear();
    result.reserve(size);
    copied.clear();
    while let Some((&instruction, rest)) = instructions.split_first() {
        instructions = rest;
        let bytes = if instruction & 0x80 == 0 {
            let (bytes, rest) = instructions
                .split_at_checked(usize::from(instruction))
                .filter(|(bytes, _)| !bytes.is_empty())
                .ok_or("a delta inserts more than it has, or nothing")?;
            instructions = rest;
            bytes
        } else {
            let mut numbers = [0_u8; 7];
            for (_, number) in numbers.iter_mut().enumerate().filter(|(at, _)| instruction >> at & 1 != 0) {
                let (&byte, rest) = instructions.split_first().ok_or("a delta ends within an instruction")?;
                *number = byte;
                instructions = rest;
            }
            let [a, b, c, d, e, f, g] = numbers;
            let from = u32::from_le_bytes([a, b, c, d]) as usize;
            let len = match u32::from_le_bytes([e, f, g, 0]) as usize {
                0 => 0x10000,
                len => len,
            };
            copied.push(Copied { from, to: result.len(), len });
            base.get(from..from.saturating_add(len)).ok_or("a delta copies from beyond its base")?
        };
        if result.len() + bytes.len() > size {
            return Err("a delta makes more than it says");
        }
        result.extend_from_slice(bytes);
    }
    if result.len() == size { Ok(()) } else { Err("a delta makes less than it says") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn copies_and_inserts_make_the_result() {
        let delta = [6, 8, 0x91, 2, 3, 2, b'x', b'y', 0x90, 3];
        let (base, result, instructions) = sizes(&delta).unwrap();
        assert_eq!((base, result), (6, 8));
        let (mut made, mut copied) = (Vec::new(), Vec::new());
        apply(b"abcdef", instructions, 8, &mut made, &mut copied).unwrap();
        assert_eq!(made, b"cdexyabc");
        let run = |from, to, len| Copied { from, to, len };
        assert_eq!(copied, [run(2, 0, 3), run(0, 5, 3)]);
    }

    #[test]
    fn what_is_no_delta_is_refused() {
        let apply = |instructions: &[u8]| apply(b"abcdef", instructions, 3, &mut Vec::new(), &mut Vec::new());
        for instructions in [&[0_u8][..], &[4, b'a'], &[0x91, 2], &[0x91, 5, 3], &[0x90, 4], &[0x90, 2], &[0x80]] {
            assert!(apply(instructions).is_err(), "{instructions:?}");
        }
        assert!(sizes(&[0x80; 20]).is_err());
        assert!(sizes(&[]).is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(base in prop::collection::vec(any::<u8>(), 0..40), delta in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok((_, size, instructions)) = sizes(&delta) {
                let _ = apply(&base, instructions, size.min(100) as usize, &mut Vec::new(), &mut Vec::new());
            }
        }
    }
}
