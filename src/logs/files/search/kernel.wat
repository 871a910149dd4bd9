;; Searches lines of text for words, many times faster than a parser reads them.
;;
;; A word is known by five of its bytes in a row, its mark: two pairs, and between them a byte that may be any. Of each
;; byte of the text the lower five bits are looked up, which letters share in both cases: in two tables of 32 that
;; answer with sets of groups of words (a bit each), those in which it can be the head of a pair, and those in which
;; it can be the tail. Where two pairs with a byte between them agree on a group, four of the five bytes are looked up
;; together, and a word that has them in its mark is compared in full. Only there, and at the ends of lines, is
;; anything done byte by byte.
;;
;; lineSearch.ts fills the tables and reads the results. Places are addresses in the memory that both share.
(module
  (memory (export "memory") 1)

  ;; 0x000: heads and tails of pairs: a table of 32 bytes for each
  ;; 0x100: words, 64 bytes each, the four keys before the others, words of one hash together: text, letters (0x20
  ;;        where case does not count), beyond (0xff behind the end), and from 48 on: how far behind the word's first
  ;;        byte its mark ends (of a key: where it is noticed), its length, its kind, whether the next word has the
  ;;        same hash
  ;; 0xa00: harmless texts, 144 bytes each: text, beyond, and from 128 on: how far behind the first byte of the text
  ;;        the word in it begins, its length
  ;; 0x1000: for each hash of a mark's first four bytes the number of the first word with it, of which 64 times is the
  ;;        address, or 0
  ;; Kinds: 4 the line is wanted; 1 and 2 are only noted.

  ;; What the last call of scan met: lines, blank lines among them, and the ends of what it wrote.
  (global $lines (export "lines") (mut i32) (i32.const 0))
  (global $blank (export "blank") (mut i32) (i32.const 0))
  (global $wantedEnd (export "wantedEnd") (mut i32) (i32.const 0))
  (global $notesEnd (export "notesEnd") (mut i32) (i32.const 0))

  ;; The kinds of lines of which a note is written; 8 for every line that is not blank.
  (global $notes (export "notes") (mut i32) (i32.const 0))

  ;; Where the text ended that was read last.
  (global $textEnd (mut i32) (i32.const 0))

  ;; Whether the lines are parts of the rows of a table (scanRows): only words decide then, and only lines with words
  ;; have a note, of which all but the place and the kinds is empty.
  (global $table (export "table") (mut i32) (i32.const 0))

  ;; Where the harmless texts end.
  (global $harmlessEnd (export "harmlessEnd") (mut i32) (i32.const 0xa00))

  ;; The kinds of the words found in the line that is looked at.
  (global $kinds (mut i32) (i32.const 0))

  ;; Looks at the whole lines from $from on: up to the last newline before $end, or as far as there is room for what
  ;; is found. Some bytes before $from and behind $end are read, too.
  ;; From $wanted on it writes 12 bytes for each line that is wanted: where it begins, where its newline stands, its
  ;; number from 0. From $noted on it writes the notes (noteLine).
  ;; Gives the place behind the last line that it looked at.
  (func (export "scan")
    (param $from i32) (param $end i32)
    (param $wanted i32) (param $wantedLimit i32)
    (param $noted i32) (param $notedLimit i32)
    (result i32)
    (local $stop i32) (local $line i32) (local $block i32) (local $at i32) (local $bits i32) (local $word i32)
    (local $bytes v128) (local $low v128) (local $lowLess16 v128)
    (local $heads v128) (local $headsBefore v128) (local $pairs v128) (local $pairsBefore v128)
    (local $found0 v128) (local $found1 v128) (local $least v128) (local $run i32)
    (local $head0 v128) (local $head1 v128) (local $tail0 v128) (local $tail1 v128)

    (global.set $lines (i32.const 0))
    (global.set $blank (i32.const 0))
    (global.set $wantedEnd (local.get $wanted))
    (global.set $notesEnd (local.get $noted))
    (global.set $kinds (i32.const 0))
    (local.set $stop (call $behindLastNewline (local.get $from) (local.get $end)))
    (if (i32.eq (local.get $stop) (local.get $from)) (then (return (local.get $from))))

    (local.set $head0 (v128.load (i32.const 0x00)))
    (local.set $head1 (v128.load (i32.const 0x10)))
    (local.set $tail0 (v128.load (i32.const 0x20)))
    (local.set $tail1 (v128.load (i32.const 0x30)))
    (local.set $line (local.get $from))
    (local.set $block (local.get $from))

    ;; Two times 16 bytes a turn.
    (loop $nextBlock
      (local.set $bytes (v128.load (local.get $block)))
      (local.set $low
        (v128.and (local.get $bytes) (v128.const i8x16 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31)))
      (local.set $lowLess16
        (i8x16.sub (local.get $low) (v128.const i8x16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16)))
      (local.set $heads
        (v128.or
          (i8x16.swizzle (local.get $head0) (local.get $low))
          (i8x16.swizzle (local.get $head1) (local.get $lowLess16))))
      (local.set $pairs
        (v128.and
          (v128.or
            (i8x16.swizzle (local.get $tail0) (local.get $low))
            (i8x16.swizzle (local.get $tail1) (local.get $lowLess16)))
          (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
            (local.get $headsBefore) (local.get $heads))))
      (local.set $found0
        (v128.or
          (i8x16.eq (local.get $bytes) (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10))
          (v128.and
            (local.get $pairs)
            (i8x16.shuffle 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28
              (local.get $pairsBefore) (local.get $pairs)))))
      (local.set $headsBefore (local.get $heads))
      (local.set $pairsBefore (local.get $pairs))
      (local.set $least (local.get $bytes))

      (local.set $bytes (v128.load offset=16 (local.get $block)))
      (local.set $low
        (v128.and (local.get $bytes) (v128.const i8x16 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31 31)))
      (local.set $lowLess16
        (i8x16.sub (local.get $low) (v128.const i8x16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16 16)))
      (local.set $heads
        (v128.or
          (i8x16.swizzle (local.get $head0) (local.get $low))
          (i8x16.swizzle (local.get $head1) (local.get $lowLess16))))
      (local.set $pairs
        (v128.and
          (v128.or
            (i8x16.swizzle (local.get $tail0) (local.get $low))
            (i8x16.swizzle (local.get $tail1) (local.get $lowLess16)))
          (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
            (local.get $headsBefore) (local.get $heads))))
      (local.set $found1
        (v128.or
          (i8x16.eq (local.get $bytes) (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10))
          (v128.and
            (local.get $pairs)
            (i8x16.shuffle 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28
              (local.get $pairsBefore) (local.get $pairs)))))
      (local.set $headsBefore (local.get $heads))
      (local.set $pairsBefore (local.get $pairs))

      ;; All of base64 stands behind "*": newlines, blanks and quotes do not. Three blocks of it are of one line.
      (local.set $run
        (select
          (i32.const 0)
          (i32.add (local.get $run) (i32.const 1))
          (v128.any_true
            (i8x16.lt_u
              (i8x16.min_u (local.get $least) (local.get $bytes))
              (v128.const i8x16 43 43 43 43 43 43 43 43 43 43 43 43 43 43 43 43)))))
      (if (i32.and (i32.eq (local.get $run) (i32.const 3)) (i32.eqz (global.get $table)))
        (then (global.set $kinds (i32.const 4))))

      (if (v128.any_true (v128.or (local.get $found0) (local.get $found1))) (then
        (local.set $bits
          (i32.or
            (i8x16.bitmask (i8x16.ne (local.get $found0) (v128.const i64x2 0 0)))
            (i32.shl
              (i8x16.bitmask (i8x16.ne (local.get $found1) (v128.const i64x2 0 0)))
              (i32.const 16))))
        (loop $nextBit
          (local.set $at (i32.add (local.get $block) (i32.ctz (local.get $bits))))
          (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 10)) (then
            (call $endLine (local.get $line) (local.get $at))
            (global.set $kinds (i32.const 0))
            (local.set $line (i32.add (local.get $at) (i32.const 1)))
            (if (i32.or
                  (i32.eq (local.get $line) (local.get $stop))
                  (i32.or
                    (i32.gt_u (global.get $wantedEnd) (i32.sub (local.get $wantedLimit) (i32.const 12)))
                    (i32.gt_u (global.get $notesEnd) (i32.sub (local.get $notedLimit) (i32.const 16)))))
              (then (return (local.get $line))))
          ) (else
            (local.set $word
              (i32.load8_u offset=0x1000
                (i32.shr_u
                  (i32.mul
                    (i32.or (i32.load (i32.sub (local.get $at) (i32.const 4))) (i32.const 0x20202020))
                    (i32.const 0x9e3779b1))
                  (i32.const 20))))
            (if (local.get $word) (then
              (call $compare (local.get $at) (i32.shl (local.get $word) (i32.const 6)))))
          ))
          (br_if $nextBit
            (local.tee $bits
              (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1)))))
        )
      ))
      (local.set $block (i32.add (local.get $block) (i32.const 32)))
      (br $nextBlock)
    )
    (unreachable)
  )

  ;; The place behind the last newline before $end, $from where none stands behind that.
  (func $behindLastNewline (param $from i32) (param $end i32) (result i32)
    (local $bits i32)
    (loop $before
      (if (i32.le_u (local.get $end) (local.get $from)) (then (return (local.get $from))))
      (local.set $bits
        (i8x16.bitmask
          (i8x16.eq
            (v128.load (i32.sub (local.get $end) (i32.const 16)))
            (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10))))
      (if (i32.eqz (local.get $bits)) (then
        (local.set $end (i32.sub (local.get $end) (i32.const 16)))
        (br $before))))
    ;; The highest of 16 bits.
    (local.set $end (i32.sub (i32.add (local.get $end) (i32.const 16)) (i32.clz (local.get $bits))))
    (select
      (local.get $end)
      (local.get $from)
      (i32.gt_u (local.get $end) (local.get $from)))
  )

  (include "kernelWords.wat")
  (include "kernelNotes.wat")
  (include "kernelTexts.wat")
  (include "kernelRows.wat")
)
