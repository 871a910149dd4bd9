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

  ;; Compares words of one mark, from $word on, with the text around that mark, which ends at $at.
  (func $compare (param $at i32) (param $word i32)
    (local $from i32)
    (local $kind i32)
    (if (i32.eq (global.get $kinds) (i32.const 4)) (then (return)))
    (loop $nextWord
      (local.set $from (i32.sub (local.get $at) (i32.load8_u offset=48 (local.get $word))))
      (if (call $stands (local.get $word) (local.get $from)) (then
        (local.set $kind (i32.load8_u offset=50 (local.get $word)))
        (if (i32.ne (local.get $kind) (i32.const 4))
          (then (global.set $kinds (i32.or (global.get $kinds) (local.get $kind))))
          (else
            (if (i32.eqz (call $isHarmless (local.get $from)))
              (then (global.set $kinds (i32.const 4)) (return)))))))
      (if (i32.load8_u offset=51 (local.get $word)) (then
        (local.set $word (i32.add (local.get $word) (i32.const 64)))
        (br $nextWord)))
    )
  )

  ;; Whether a word begins at $at.
  (func $stands (param $word i32) (param $at i32) (result i32)
    (i8x16.all_true
      (v128.or
        (v128.load offset=32 (local.get $word))
        (i8x16.eq
          (v128.load (local.get $word))
          (v128.or (v128.load offset=16 (local.get $word)) (v128.load (local.get $at))))))
  )

  ;; Whether the word at $at belongs to a harmless text that is all of a JSON string: "text" or \"text\".
  (func $isHarmless (param $at i32) (result i32)
    (local $text i32) (local $from i32) (local $behind i32)
    (local.set $text (i32.const 0xa00))
    (loop $next
      (if (i32.lt_u (local.get $text) (global.get $harmlessEnd)) (then
        (local.set $from (i32.sub (local.get $at) (i32.load8_u offset=128 (local.get $text))))
        (if (call $standsWhole (local.get $text) (local.get $from)) (then
          (local.set $behind
            (i32.load16_u (i32.add (local.get $from) (i32.load8_u offset=129 (local.get $text)))))
          ;; A quote, or a backslash and a quote.
          (return
            (i32.or
              (i32.eq (i32.and (local.get $behind) (i32.const 255)) (i32.const 34))
              (i32.eq (local.get $behind) (i32.const 0x225c))))))
        (local.set $text (i32.add (local.get $text) (i32.const 144)))
        (br $next)))
    )
    (i32.const 0)
  )

  ;; Whether a harmless text begins at $at.
  (func $standsWhole (param $text i32) (param $at i32) (result i32)
    (i32.and
      (i32.and
        (i8x16.all_true (v128.or
          (v128.load offset=64 (local.get $text))
          (i8x16.eq (v128.load (local.get $text)) (v128.load (local.get $at)))))
        (i8x16.all_true (v128.or
          (v128.load offset=80 (local.get $text))
          (i8x16.eq (v128.load offset=16 (local.get $text)) (v128.load offset=16 (local.get $at))))))
      (i32.and
        (i8x16.all_true (v128.or
          (v128.load offset=96 (local.get $text))
          (i8x16.eq (v128.load offset=32 (local.get $text)) (v128.load offset=32 (local.get $at)))))
        (i8x16.all_true (v128.or
          (v128.load offset=112 (local.get $text))
          (i8x16.eq (v128.load offset=48 (local.get $text)) (v128.load offset=48 (local.get $at)))))))
  )

  ;; A line from $line up to its newline is done. Those are given that are wanted and those that are not plainly one
  ;; object.
  (func $endLine (param $line i32) (param $newline i32)
    (local $end i32)
    (if (global.get $table) (then (call $endPart (local.get $line)) (return)))
    (local.set $end (local.get $newline))
    (if (i32.and
          (i32.gt_u (local.get $end) (local.get $line))
          (i32.eq (i32.load8_u (i32.sub (local.get $end) (i32.const 1))) (i32.const 13)))
      (then (local.set $end (i32.sub (local.get $end) (i32.const 1)))))
    (if (i32.eq (local.get $end) (local.get $line))
      (then (global.set $blank (i32.add (global.get $blank) (i32.const 1))))
      (else
        (if (i32.eqz
              (i32.and
                (i32.eq (i32.load8_u (local.get $line)) (i32.const 123))
                (i32.eq (i32.load8_u (i32.sub (local.get $end) (i32.const 1))) (i32.const 125))))
          (then (global.set $kinds (i32.const 4))))
        (if (i32.eq (global.get $kinds) (i32.const 4)) (then
          (i32.store (global.get $wantedEnd) (local.get $line))
          (i32.store offset=4 (global.get $wantedEnd) (local.get $newline))
          (i32.store offset=8 (global.get $wantedEnd) (global.get $lines))
          (global.set $wantedEnd (i32.add (global.get $wantedEnd) (i32.const 12)))))
        (if (i32.and (global.get $notes) (i32.or (global.get $kinds) (i32.const 8))) (then (call $noteLine (local.get $line) (local.get $newline))))))
    (global.set $lines (i32.add (global.get $lines) (i32.const 1)))
  )

  ;; The same for a part of a row.
  (func $endPart (param $line i32)
    (if (global.get $kinds)
      (then (call $note (local.get $line) (i32.const 0) (i32.const 0) (global.get $kinds))))
    (global.set $lines (i32.add (global.get $lines) (i32.const 1)))
  )

  ;; Writes 16 bytes about a line: where it begins; the upper halves of the hashes of two names in it; the hash of its
  ;; address, or 6 if it may be any of version 6; and, from the lowest bit on, its kinds (3 bits), whether it may be of
  ;; anybody (8), from any address (16), of any time (32), and its minute: minutes since the year 2000, as if each month
  ;; had 31 days.
  ;; Of a line that is wanted only that is known. One with a third name may be of anybody.
  (func $noteLine (param $line i32) (param $newline i32)
    (local $block i32) (local $bits i32) (local $at i32) (local $key i32) (local $value i32)
    (local $names i32) (local $first i32) (local $second i32)
    (local $address i32) (local $minute i32) (local $known i32)
    (local $found0 v128) (local $found1 v128) (local $fourth v128)
    (local.set $block (local.get $line))
    (local.set $address (i32.const -1))
    (local.set $minute (i32.const -1))
    (local.set $known (global.get $kinds))
    (block $noted
      (br_if $noted (i32.eq (global.get $kinds) (i32.const 4)))
      (loop $nextBlock
        ;; "se" or "re", and behind any letter one of p to w, P or I.
        (local.set $found0
          (v128.and
            (v128.and
              (i8x16.eq
                (v128.or
                  (v128.load (local.get $block))
                  (v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1))
                (v128.const i8x16 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73))
              (i8x16.eq
                (v128.load offset=1 (local.get $block))
                (v128.const i8x16 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65)))
            (v128.or
              (i8x16.eq
                (v128.and
                  (local.tee $fourth (v128.load offset=3 (local.get $block)))
                  (v128.const i8x16 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8))
                (v128.const i8x16 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70))
              (i8x16.eq
                (v128.and
                  (local.get $fourth)
                  (v128.const i8x16 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6))
                (v128.const i8x16 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40)))))
        (local.set $found1
          (v128.and
            (v128.and
              (i8x16.eq
                (v128.or
                  (v128.load offset=16 (local.get $block))
                  (v128.const i8x16 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1))
                (v128.const i8x16 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73 0x73))
              (i8x16.eq
                (v128.load offset=17 (local.get $block))
                (v128.const i8x16 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65 0x65)))
            (v128.or
              (i8x16.eq
                (v128.and
                  (local.tee $fourth (v128.load offset=19 (local.get $block)))
                  (v128.const i8x16 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8 0xf8))
                (v128.const i8x16 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70 0x70))
              (i8x16.eq
                (v128.and
                  (local.get $fourth)
                  (v128.const i8x16 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6 0xe6))
                (v128.const i8x16 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40 0x40)))))
        (if (v128.any_true (v128.or (local.get $found0) (local.get $found1))) (then
          (local.set $bits
            (i32.or
              (i8x16.bitmask (local.get $found0))
              (i32.shl (i8x16.bitmask (local.get $found1)) (i32.const 16))))
          (loop $nextBit
            (local.set $at (i32.add (local.get $block) (i32.ctz (local.get $bits))))
            (local.set $key (call $keyAt (local.get $at)))
            (if (i32.and (i32.ne (local.get $key) (i32.const 0)) (i32.lt_u (local.get $at) (local.get $newline))) (then
              (local.set $at
                (i32.add
                  (i32.sub (local.get $at) (i32.load8_u offset=48 (local.get $key)))
                  (i32.load8_u offset=49 (local.get $key))))
              (if (i32.eq (local.get $key) (i32.const 0x1c0))
                (then
                  (local.set $value (call $minuteOf (call $textOf (local.get $at))))
                  (if (i32.or
                        (i32.eqz (local.get $value))
                        (i32.and
                          (i32.ne (local.get $minute) (i32.const -1))
                          (i32.ne (local.get $minute) (local.get $value))))
                    (then (local.set $known (i32.or (local.get $known) (i32.const 32)))))
                  (local.set $minute (local.get $value)))
                (else
                  (local.set $value (call $hashText (call $textOf (local.get $at))))
                  (if (i32.eq (local.get $key) (i32.const 0x180))
                    (then
                      (if (i32.lt_u (i32.add (local.get $value) (i32.const 1)) (i32.const 8))
                        (then (local.set $value (call $versionOf (call $textOf (local.get $at))))))
                      (local.set $address
                        (select
                          (local.get $value)
                          (i32.const 0)
                          (i32.or
                            (i32.eq (local.get $address) (i32.const -1))
                            (i32.eq (local.get $address) (local.get $value))))))
                    (else
                      (local.set $names (i32.add (local.get $names) (i32.const 1)))
                      (if (i32.or (i32.eqz (local.get $value)) (i32.eq (local.get $names) (i32.const 3)))
                        (then (local.set $known (i32.or (local.get $known) (i32.const 8)))))
                      (local.set $second (local.get $first))
                      (local.set $first (local.get $value))))))))
            (br_if $nextBit
              (local.tee $bits
                (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))))))
        (local.set $block (i32.add (local.get $block) (i32.const 32)))
        (br_if $nextBlock (i32.lt_u (local.get $block) (local.get $newline))))
      (if (i32.eqz (local.get $names))
        (then (local.set $known (i32.or (local.get $known) (i32.const 8)))))
      (if (i32.lt_u (i32.add (local.get $address) (i32.const 1)) (i32.const 8))
        (then (local.set $known (i32.or (local.get $known) (i32.const 16)))))
      (if (i32.eq (local.get $minute) (i32.const -1))
        (then (local.set $known (i32.or (local.get $known) (i32.const 32))))))
    (call $note
      (local.get $line)
      (i32.or
        (i32.shr_u (local.get $first) (i32.const 16))
        (i32.and (local.get $second) (i32.const 0xffff0000)))
      (local.get $address)
      (i32.or (local.get $known) (i32.shl (local.get $minute) (i32.const 6))))
  )

  ;; The key that is noticed at $at, or 0.
  (func $keyAt (param $at i32) (result i32)
    (local $key i32)
    (local.set $key (i32.const 0x100))
    (loop $next
      (if (call $stands (local.get $key) (i32.sub (local.get $at) (i32.load8_u offset=48 (local.get $key))))
        (then (return (local.get $key))))
      (local.set $key (i32.add (local.get $key) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $key) (i32.const 0x200))))
    (i32.const 0)
  )

  ;; The place of the first byte of the text that is the value of a key that ends at $at: ": "text". 0 if it is none.
  (func $textOf (param $at i32) (result i32)
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 34)) (then (return (i32.const 0))))
    (local.set $at (call $skipBlanks (i32.add (local.get $at) (i32.const 1))))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 58)) (then (return (i32.const 0))))
    (local.set $at (call $skipBlanks (i32.add (local.get $at) (i32.const 1))))
    (select
      (i32.add (local.get $at) (i32.const 1))
      (i32.const 0)
      (i32.eq (i32.load8_u (local.get $at)) (i32.const 34)))
  )

  ;; 6 if the text at $at begins like an address of version 6, which is none of version 4 in another
  ;; spelling: one to four digits, the first of them not 0, and a colon. 0 if it does not.
  (func $versionOf (param $at i32) (result i32)
    (local $end i32)
    (if (i32.or (i32.eqz (local.get $at)) (i32.eq (i32.load8_u (local.get $at)) (i32.const 48)))
      (then (return (i32.const 0))))
    (local.set $end (local.get $at))
    (loop $next
      (if (i32.or
            (call $isDigit (local.get $end))
            (i32.lt_u
              (i32.sub (i32.or (i32.load8_u (local.get $end)) (i32.const 32)) (i32.const 97))
              (i32.const 6)))
        (then
          (local.set $end (i32.add (local.get $end) (i32.const 1)))
          (br_if $next (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 4))))))
    (select
      (i32.const 6)
      (i32.const 0)
      (i32.and
        (i32.ne (local.get $end) (local.get $at))
        (i32.eq (i32.load8_u (local.get $end)) (i32.const 58))))
  )

  ;; The minute, of Greenwich, in the text at $at, which ends with a quote: 2026-03-10T09:00:00, a fraction, Z. 0 for
  ;; whatever is not as simple as that. A day that does not exist has minutes, too.
  (func $minuteOf (param $at i32) (result i32)
    (local $text v128) (local $month i32) (local $day i32) (local $hour i32) (local $end i32)
    (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
    (local.set $text (v128.load (local.get $at)))
    ;; 20, and digits, with "-", "T" and ":" where they belong.
    (if (i32.eqz
          (i32.and
            (i8x16.all_true
              (i8x16.le_u
                (i8x16.sub
                  (local.get $text)
                  (v128.const i8x16 50 48 48 48 45 48 48 45 48 48 84 48 48 58 48 48))
                (v128.const i8x16 0 0 9 9 0 1 9 0 3 9 0 2 9 0 5 9)))
            (i32.and
              (i32.eq (i32.load8_u offset=16 (local.get $at)) (i32.const 58))
              (i32.and
                (i32.lt_u
                  (i32.sub (i32.load8_u offset=17 (local.get $at)) (i32.const 48))
                  (i32.const 6))
                (call $isDigit (i32.add (local.get $at) (i32.const 18)))))))
      (then (return (i32.const 0))))
    (local.set $month (call $twoDigits (i32.add (local.get $at) (i32.const 5))))
    (local.set $day (call $twoDigits (i32.add (local.get $at) (i32.const 8))))
    (local.set $hour (call $twoDigits (i32.add (local.get $at) (i32.const 11))))
    (if (i32.or
          (i32.or (i32.eqz (local.get $month)) (i32.gt_u (local.get $month) (i32.const 12)))
          (i32.or
            (i32.gt_u (local.get $hour) (i32.const 23))
            (i32.or (i32.eqz (local.get $day)) (i32.gt_u (local.get $day) (i32.const 31)))))
      (then (return (i32.const 0))))
    ;; Behind the seconds a point and up to 12 digits.
    (local.set $end (i32.add (local.get $at) (i32.const 19)))
    (if (i32.eq (i32.load8_u (local.get $end)) (i32.const 46)) (then
      (loop $next
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br_if $next
          (i32.and
            (i32.lt_u (local.get $end) (i32.add (local.get $at) (i32.const 32)))
            (call $isDigit (local.get $end)))))))
    (if (i32.or
          (i32.ne (i32.load16_u (local.get $end)) (i32.const 0x225a))
          (i32.eqz (call $isDigit (i32.sub (local.get $end) (i32.const 1)))))
      (then (return (i32.const 0))))
    (global.set $textEnd (i32.add (local.get $end) (i32.const 1)))
    (i32.add
      (call $twoDigits (i32.add (local.get $at) (i32.const 14)))
      (i32.mul
        (i32.const 60)
        (i32.add
          (local.get $hour)
          (i32.mul
            (i32.const 24)
            (i32.add
              (local.get $day)
              (i32.mul
                (i32.const 31)
                (i32.add
                  (local.get $month)
                  (i32.mul
                    (i32.const 12)
                    (call $twoDigits (i32.add (local.get $at) (i32.const 2)))))))))))
  )

  (func $isDigit (param $at i32) (result i32)
    (i32.lt_u (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)) (i32.const 10))
  )

  (func $twoDigits (param $at i32) (result i32)
    (i32.add
      (i32.mul (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)) (i32.const 10))
      (i32.sub (i32.load8_u offset=1 (local.get $at)) (i32.const 48)))
  )

  ;; The hash of the text at $at, which ends with a quote, in lower case. Four bytes at a time, as if nothing stood behind
  ;; it. 0, which may be anybody, for whatever is not as simple as that.
  (func $hashText (param $at i32) (result i32)
    (local $hash i32) (local $bytes v128) (local $length i32)
    (if (i32.eqz (local.get $at)) (then (return (i32.const 0))))
    (loop $next
      (local.set $bytes (v128.load (local.get $at)))
      (local.set $length
        (i32.ctz
          (i32.or
            (i8x16.bitmask
              (i8x16.eq (local.get $bytes) (v128.const i8x16 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34)))
            (i32.const 0x10000))))
      (local.set $bytes
        (v128.and
          (local.get $bytes)
          (i8x16.lt_u
            (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
            (i8x16.splat (local.get $length)))))
      ;; Blanks, escapes and letters beyond ASCII: trimming and lower case are more than is done here. Colons: an
      ;; address of version 6, or with a port, has several spellings.
      (if (i32.and
            (i8x16.bitmask
              (v128.or
                (v128.or
                  (i8x16.eq (local.get $bytes) (v128.const i8x16 58 58 58 58 58 58 58 58 58 58 58 58 58 58 58 58))
                  (i8x16.eq (local.get $bytes) (v128.const i8x16 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92 92)))
                (v128.or
                  (i8x16.le_u (local.get $bytes) (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32))
                  (i8x16.ge_u
                    (local.get $bytes)
                    (v128.const i8x16 127 127 127 127 127 127 127 127 127 127 127 127 127 127 127 127)))))
            (i32.sub (i32.shl (i32.const 1) (local.get $length)) (i32.const 1)))
        (then (return (i32.const 0))))
      (local.set $bytes
        (v128.or
          (local.get $bytes)
          (v128.and
            (i8x16.lt_u
              (i8x16.sub (local.get $bytes) (v128.const i8x16 65 65 65 65 65 65 65 65 65 65 65 65 65 65 65 65))
              (v128.const i8x16 26 26 26 26 26 26 26 26 26 26 26 26 26 26 26 26))
            (v128.const i8x16 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32 32))))
      (local.set $hash (call $mix (local.get $hash) (i32x4.extract_lane 0 (local.get $bytes))))
      (local.set $hash (call $mix (local.get $hash) (i32x4.extract_lane 1 (local.get $bytes))))
      (local.set $hash (call $mix (local.get $hash) (i32x4.extract_lane 2 (local.get $bytes))))
      (local.set $hash (call $mix (local.get $hash) (i32x4.extract_lane 3 (local.get $bytes))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.eq (local.get $length) (i32.const 16))))
    (global.set $textEnd (i32.sub (i32.add (local.get $at) (local.get $length)) (i32.const 16)))
    (local.get $hash)
  )

  (func $mix (param $hash i32) (param $word i32) (result i32)
    (i32.mul (i32.add (i32.rotl (local.get $hash) (i32.const 7)) (local.get $word)) (i32.const 0x9e3779b1))
  )

  (func $skipBlanks (param $at i32) (result i32)
    (loop $next
      (if (i32.or
            (i32.eq (i32.load8_u (local.get $at)) (i32.const 32))
            (i32.eq (i32.load8_u (local.get $at)) (i32.const 9)))
        (then (local.set $at (i32.add (local.get $at) (i32.const 1))) (br $next)))
    )
    (local.get $at)
  )

  ;; The rest is for CSV. Of a table:
  ;; 0x2000: the columns that are read, 8 bytes each: number, and what it has (1 a name, 2 an address, 3 the time of the
  ;;         sign-in, 4 another time)
  ;; 0x2100: the places of the cells of a row
  (global $delimiter (export "delimiter") (mut i32) (i32.const 44))
  (global $columns (export "columns") (mut i32) (i32.const 0))
  (global $rolesEnd (export "rolesEnd") (mut i32) (i32.const 0x2000))

  ;; What the last call of scanRows met, besides lines: rows that are not blank, and whether it stopped at a row that is
  ;; not plainly one.
  (global $rows (export "rows") (mut i32) (i32.const 0))
  (global $isOdd (export "isOdd") (mut i32) (i32.const 0))

  ;; The notes of parts of rows that are still to be added to those of the rows.
  (global $part (mut i32) (i32.const 0))
  (global $partsEnd (mut i32) (i32.const 0))

  ;; Looks at the whole rows between $from and $end, of which scan has noted the parts from $part on. Each line of a
  ;; quoted cell is a part. Stops before a row with another number of cells than there are columns, or with a quote
  ;; that neither begins nor ends a cell and is not doubled.
  ;; From $wanted on it writes 12 bytes for each row that is wanted: where it begins, where its newline stands, the number
  ;; of its first line from 0. From $noted on it writes 16 bytes for each row, as noteLine does.
  ;; Gives the place behind the last row that it looked at.
  (func (export "scanRows")
    (param $from i32) (param $end i32) (param $part i32)
    (param $wanted i32) (param $wantedLimit i32)
    (param $noted i32) (param $notedLimit i32)
    (result i32)
    (local $row i32) (local $block i32) (local $at i32) (local $cell i32) (local $cellsEnd i32)
    (local $line i32) (local $linesBefore i32) (local $bit i32) (local $bits i32)
    (local $low v128) (local $high v128) (local $delimiters v128)
    (local $quotes i32) (local $delims i32) (local $newlines i32) (local $inside i32) (local $carry i32)
    (local $edges i32) (local $edgeBefore i32) (local $closes i32) (local $closesBefore i32) (local $odd i32)

    (global.set $lines (i32.const 0))
    (global.set $rows (i32.const 0))
    (global.set $isOdd (i32.const 0))
    (global.set $part (local.get $part))
    (global.set $partsEnd (global.get $notesEnd))
    (global.set $wantedEnd (local.get $wanted))
    (global.set $notesEnd (local.get $noted))
    (local.set $delimiters (i8x16.splat (global.get $delimiter)))
    (local.set $cellsEnd (i32.add (i32.const 0x2100) (i32.shl (global.get $columns) (i32.const 2))))
    (local.set $row (local.get $from))
    (local.set $block (local.get $from))
    (local.set $edgeBefore (i32.const 1))
    (i32.store (i32.const 0x2100) (local.get $from))
    (local.set $cell (i32.const 0x2104))
    (loop $nextBlock
      (if (i32.ge_u (local.get $block) (local.get $end)) (then (return (local.get $row))))
      (local.set $low (v128.load (local.get $block)))
      (local.set $high (v128.load offset=16 (local.get $block)))
      (local.set $quotes
        (i32.or
          (i8x16.bitmask
            (i8x16.eq
              (local.get $low)
              (v128.const i8x16 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34)))
          (i32.shl
            (i8x16.bitmask
              (i8x16.eq
                (local.get $high)
                (v128.const i8x16 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34 34)))
            (i32.const 16))))
      (local.set $delims
        (i32.or
          (i8x16.bitmask (i8x16.eq (local.get $low) (local.get $delimiters)))
          (i32.shl (i8x16.bitmask (i8x16.eq (local.get $high) (local.get $delimiters))) (i32.const 16))))
      (local.set $newlines
        (i32.or
          (i8x16.bitmask
            (i8x16.eq
              (local.get $low)
              (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10)))
          (i32.shl
            (i8x16.bitmask
              (i8x16.eq
                (local.get $high)
                (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10)))
            (i32.const 16))))

      ;; Whether a byte stands behind an odd number of quotes, itself included.
      (local.set $inside (local.get $quotes))
      (local.set $inside (i32.xor (local.get $inside) (i32.shl (local.get $inside) (i32.const 1))))
      (local.set $inside (i32.xor (local.get $inside) (i32.shl (local.get $inside) (i32.const 2))))
      (local.set $inside (i32.xor (local.get $inside) (i32.shl (local.get $inside) (i32.const 4))))
      (local.set $inside (i32.xor (local.get $inside) (i32.shl (local.get $inside) (i32.const 8))))
      (local.set $inside (i32.xor (local.get $inside) (i32.shl (local.get $inside) (i32.const 16))))
      (local.set $inside (i32.xor (local.get $inside) (local.get $carry)))
      (local.set $carry (i32.shr_s (local.get $inside) (i32.const 31)))

      ;; Between cells, and quotes. An opening quote stands behind one of these, and one of these, or the end of a line,
      ;; behind a closing quote.
      (local.set $bits
        (i32.and
          (i32.or (local.get $delims) (local.get $newlines))
          (i32.xor (local.get $inside) (i32.const -1))))
      (local.set $edges (i32.or (local.get $bits) (local.get $quotes)))
      (local.set $closes
        (i32.and (local.get $quotes) (i32.xor (local.get $inside) (i32.const -1))))
      (local.set $odd
        (i32.or
          (i32.and
            (i32.and (local.get $quotes) (local.get $inside))
            (i32.xor
              (i32.or (i32.shl (local.get $edges) (i32.const 1)) (local.get $edgeBefore))
              (i32.const -1)))
          (i32.and
            (i32.or (i32.shl (local.get $closes) (i32.const 1)) (local.get $closesBefore))
            (i32.xor (local.get $edges) (i32.const -1)))))
      (local.set $edgeBefore (i32.shr_u (local.get $edges) (i32.const 31)))
      (local.set $closesBefore (i32.shr_u (local.get $closes) (i32.const 31)))

      (local.set $bits (i32.or (local.get $bits) (local.get $odd)))
      (if (i32.gt_u (i32.add (local.get $block) (i32.const 32)) (local.get $end))
        (then
          (local.set $bits
            (i32.and
              (local.get $bits)
              (i32.sub
                (i32.shl (i32.const 1) (i32.sub (local.get $end) (local.get $block)))
                (i32.const 1))))))
      (if (local.get $bits) (then
        (loop $nextBit
          (local.set $bit (i32.and (local.get $bits) (i32.sub (i32.const 0) (local.get $bits))))
          (local.set $at (i32.add (local.get $block) (i32.ctz (local.get $bits))))
          (if (i32.and (local.get $odd) (local.get $bit))
            (then
              (if (i32.ne (i32.load16_u (local.get $at)) (i32.const 0x0a0d))
                (then (global.set $isOdd (i32.const 1)) (return (local.get $row)))))
            (else
              (i32.store (local.get $cell) (i32.add (local.get $at) (i32.const 1)))
              (if (i32.and (local.get $newlines) (local.get $bit))
                (then
                  (local.set $line
                    (i32.add
                      (local.get $linesBefore)
                      (i32.popcnt
                        (i32.and
                          (local.get $newlines)
                          (i32.or (local.get $bit) (i32.sub (local.get $bit) (i32.const 1)))))))
                  (if (call $isBlankRow (local.get $row) (local.get $at))
                    (then (global.set $lines (local.get $line)))
                    (else
                      (if (i32.ne (local.get $cell) (local.get $cellsEnd))
                        (then (global.set $isOdd (i32.const 1)) (return (local.get $row))))
                      (call $endRow (local.get $row) (local.get $at))
                      (global.set $lines (local.get $line))))
                  (local.set $row (i32.add (local.get $at) (i32.const 1)))
                  (if (i32.or
                        (i32.gt_u (global.get $wantedEnd) (i32.sub (local.get $wantedLimit) (i32.const 12)))
                        (i32.gt_u (global.get $notesEnd) (i32.sub (local.get $notedLimit) (i32.const 16))))
                    (then (return (local.get $row))))
                  (i32.store (i32.const 0x2100) (local.get $row))
                  (local.set $cell (i32.const 0x2104)))
                (else
                  (if (i32.eq (local.get $cell) (local.get $cellsEnd))
                    (then (global.set $isOdd (i32.const 1)) (return (local.get $row))))
                  (local.set $cell (i32.add (local.get $cell) (i32.const 4)))))))
          (br_if $nextBit
            (local.tee $bits
              (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))))))
      (local.set $linesBefore (i32.add (local.get $linesBefore) (i32.popcnt (local.get $newlines))))
      (local.set $block (i32.add (local.get $block) (i32.const 32)))
      (br $nextBlock)
    )
    (unreachable)
  )

  ;; Whether a row has nothing before its newline, or only a carriage return.
  (func $isBlankRow (param $row i32) (param $newline i32) (result i32)
    (i32.eq (call $endOfRow (local.get $row) (local.get $newline)) (local.get $row))
  )

  ;; Where a row ends, without its carriage return.
  (func $endOfRow (param $row i32) (param $newline i32) (result i32)
    (i32.sub
      (local.get $newline)
      (i32.and
        (i32.gt_u (local.get $newline) (local.get $row))
        (i32.eq (i32.load8_u (i32.sub (local.get $newline) (i32.const 1))) (i32.const 13))))
  )

  ;; A row is done whose cells begin at the places in 0x2100. It is wanted for a word in it, and if it has no time or one
  ;; that is not simple.
  (func $endRow (param $row i32) (param $newline i32)
    (local $kinds i32) (local $role i32) (local $at i32) (local $end i32) (local $byte i32) (local $value i32)
    (local $names i32) (local $first i32) (local $second i32)
    (local $address i32) (local $minute i32) (local $known i32) (local $isTimed i32)
    (global.set $rows (i32.add (global.get $rows) (i32.const 1)))
    (loop $nextPart
      (if (i32.lt_u (global.get $part) (global.get $partsEnd)) (then
        (if (i32.lt_u (i32.load (global.get $part)) (local.get $newline)) (then
          (local.set $kinds (i32.or (local.get $kinds) (i32.load offset=12 (global.get $part))))
          (global.set $part (i32.add (global.get $part) (i32.const 16)))
          (br $nextPart))))))
    ;; The last cell ends here.
    (i32.store
      (i32.add (i32.const 0x2100) (i32.shl (global.get $columns) (i32.const 2)))
      (i32.add (call $endOfRow (local.get $row) (local.get $newline)) (i32.const 1)))
    (local.set $address (i32.const -1))
    (local.set $role (i32.const 0x2000))
    (loop $nextRole
      (if (i32.lt_u (local.get $role) (global.get $rolesEnd)) (then
        (local.set $at
          (i32.add (i32.const 0x2100) (i32.shl (i32.load (local.get $role)) (i32.const 2))))
        (local.set $end (i32.sub (i32.load offset=4 (local.get $at)) (i32.const 1)))
        (local.set $at (i32.load (local.get $at)))
        (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 34)) (then
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $end (i32.sub (local.get $end) (i32.const 1)))))
        (if (i32.ne (local.get $at) (local.get $end)) (then
          ;; Texts are read up to a quote.
          (local.set $byte (i32.load8_u (local.get $end)))
          (i32.store8 (local.get $end) (i32.const 34))
          (if (i32.lt_u (i32.load offset=4 (local.get $role)) (i32.const 3))
            (then
              (local.set $value (call $hashText (local.get $at)))
              (if (i32.ne (global.get $textEnd) (local.get $end))
                (then (local.set $value (i32.const 0))))
              (if (i32.eq (i32.load offset=4 (local.get $role)) (i32.const 2))
                (then
                  (if (i32.lt_u (i32.add (local.get $value) (i32.const 1)) (i32.const 8))
                    (then (local.set $value (call $versionOf (local.get $at)))))
                  (local.set $address
                    (select
                      (local.get $value)
                      (i32.const 0)
                      (i32.or
                        (i32.eq (local.get $address) (i32.const -1))
                        (i32.eq (local.get $address) (local.get $value))))))
                (else
                  (local.set $names (i32.add (local.get $names) (i32.const 1)))
                  (if (i32.or (i32.eqz (local.get $value)) (i32.eq (local.get $names) (i32.const 3)))
                    (then (local.set $known (i32.or (local.get $known) (i32.const 8)))))
                  (local.set $second (local.get $first))
                  (local.set $first (local.get $value)))))
            (else
              (local.set $value (call $minuteOf (local.get $at)))
              (if (i32.or
                    (i32.eqz (local.get $value))
                    (i32.ne (global.get $textEnd) (local.get $end)))
                (then (local.set $kinds (i32.const 4)))
                (else
                  (local.set $isTimed (i32.const 1))
                  (if (i32.eq (i32.load offset=4 (local.get $role)) (i32.const 3))
                    (then (local.set $minute (local.get $value))))))))
          (i32.store8 (local.get $end) (local.get $byte))))
        (local.set $role (i32.add (local.get $role) (i32.const 8)))
        (br $nextRole))))
    (if (i32.or (i32.eqz (local.get $isTimed)) (i32.and (local.get $kinds) (i32.const 4)))
      (then
        (local.set $kinds (i32.const 4))
        (i32.store (global.get $wantedEnd) (local.get $row))
        (i32.store offset=4 (global.get $wantedEnd) (local.get $newline))
        (i32.store offset=8 (global.get $wantedEnd) (global.get $lines))
        (global.set $wantedEnd (i32.add (global.get $wantedEnd) (i32.const 12)))))
    (local.set $known (i32.or (local.get $known) (local.get $kinds)))
    (if (i32.eqz (local.get $names))
      (then (local.set $known (i32.or (local.get $known) (i32.const 8)))))
    (if (i32.lt_u (i32.add (local.get $address) (i32.const 1)) (i32.const 8))
      (then (local.set $known (i32.or (local.get $known) (i32.const 16)))))
    (if (i32.eqz (local.get $minute))
      (then (local.set $known (i32.or (local.get $known) (i32.const 32)))))
    (call $note
      (local.get $row)
      (i32.or
        (i32.shr_u (local.get $first) (i32.const 16))
        (i32.and (local.get $second) (i32.const 0xffff0000)))
      (local.get $address)
      (i32.or (local.get $known) (i32.shl (local.get $minute) (i32.const 6))))
  )

  (func $note (param $at i32) (param $names i32) (param $address i32) (param $known i32)
    (i32.store (global.get $notesEnd) (local.get $at))
    (i32.store offset=4 (global.get $notesEnd) (local.get $names))
    (i32.store offset=8 (global.get $notesEnd) (local.get $address))
    (i32.store offset=12 (global.get $notesEnd) (local.get $known))
    (global.set $notesEnd (i32.add (global.get $notesEnd) (i32.const 16)))
  )
)
