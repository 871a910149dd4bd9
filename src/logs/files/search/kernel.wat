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
  ;; 0x0b0: of the keys the first letter, what bits their fourth letters share, and those bits; 16 times each
  ;; 0x100: words, 64 bytes each, the two keys before the others, words of one hash together: text, letters (0x20 where
  ;;        case does not count), beyond (0xff behind the end), and from 48 on: how far behind the word's first byte
  ;;        its mark ends, its length, its kind, whether the next word has the same hash
  ;; 0xa00: harmless texts, 144 bytes each: text, beyond, and from 128 on: how far behind the first byte of the text
  ;;        the word in it begins, its length
  ;; 0x1000: for each hash of a mark's first four bytes the number of the first word with it, of which 64 times is the
  ;;        address, or 0
  ;; Kinds: 1 the line is wanted, 2 the line is a candidate. Keys, of names, are only looked for in lines that are a candidate.

  ;; What the last call of scan met: lines, blank lines among them, and the ends of what it wrote.
  (global $lines (export "lines") (mut i32) (i32.const 0))
  (global $blank (export "blank") (mut i32) (i32.const 0))
  (global $wantedEnd (export "wantedEnd") (mut i32) (i32.const 0))
  (global $namesEnd (export "namesEnd") (mut i32) (i32.const 0))

  ;; Whether every line is a candidate, also one with a word in it: that one may be anybody's.
  (global $everyLine (export "everyLine") (mut i32) (i32.const 0))

  ;; Where the harmless texts end.
  (global $harmlessEnd (export "harmlessEnd") (mut i32) (i32.const 0xa00))

  ;; Of the line that is looked at.
  (global $isWanted (mut i32) (i32.const 0))
  (global $isCandidate (mut i32) (i32.const 0))

  ;; Looks at the whole lines from $from on: up to the last newline before $end, or as far as there is room for what
  ;; is found. Some bytes before $from and behind $end are read, too.
  ;; From $wanted on it writes 12 bytes for each line that is wanted: where it begins, where its newline stands, its
  ;; number from 0. From $names on 8 bytes for each name in a line that is a candidate: where the line begins, the hash.
  ;; Gives the place behind the last line that it looked at.
  (func (export "scan")
    (param $from i32) (param $end i32)
    (param $wanted i32) (param $wantedLimit i32)
    (param $names i32) (param $namesLimit i32)
    (result i32)
    (local $stop i32) (local $line i32) (local $block i32) (local $at i32) (local $bits i32) (local $word i32)
    (local $bytes v128) (local $low v128) (local $lowLess16 v128)
    (local $heads v128) (local $headsBefore v128) (local $pairs v128) (local $pairsBefore v128)
    (local $found0 v128) (local $found1 v128) (local $least v128) (local $run i32)
    (local $head0 v128) (local $head1 v128) (local $tail0 v128) (local $tail1 v128)

    (global.set $lines (i32.const 0))
    (global.set $blank (i32.const 0))
    (global.set $wantedEnd (local.get $wanted))
    (global.set $namesEnd (local.get $names))
    (call $beginLine)
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
      (if (i32.eq (local.get $run) (i32.const 3)) (then (global.set $isWanted (i32.const 1))))

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
            (call $beginLine)
            (local.set $line (i32.add (local.get $at) (i32.const 1)))
            (if (i32.or
                  (i32.eq (local.get $line) (local.get $stop))
                  (i32.or
                    (i32.gt_u (global.get $wantedEnd) (i32.sub (local.get $wantedLimit) (i32.const 12)))
                    (i32.gt_u (global.get $namesEnd) (i32.sub (local.get $namesLimit) (i32.const 136)))))
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

  (func $beginLine
    (global.set $isWanted (i32.const 0))
    (global.set $isCandidate (i32.const 0))
  )

  ;; Compares words of one mark, from $word on, with the text around that mark, which ends at $at.
  (func $compare (param $at i32) (param $word i32)
    (local $from i32)
    (if (global.get $isWanted) (then (return)))
    (loop $nextWord
      (local.set $from (i32.sub (local.get $at) (i32.load8_u offset=48 (local.get $word))))
      (if (call $stands (local.get $word) (local.get $from)) (then
        (if (i32.eq (i32.load8_u offset=50 (local.get $word)) (i32.const 2))
          (then (global.set $isCandidate (i32.const 1)))
          (else
            (if (i32.eqz (call $isHarmless (local.get $from)))
              (then (global.set $isWanted (i32.const 1))))))))
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

  ;; A line from $line up to its newline at $end is done. Those are given that are wanted and those that are not
  ;; plainly one object.
  (func $endLine (param $line i32) (param $newline i32)
    (local $end i32)
    (local.set $end (local.get $newline))
    (if (i32.and
          (i32.gt_u (local.get $end) (local.get $line))
          (i32.eq (i32.load8_u (i32.sub (local.get $end) (i32.const 1))) (i32.const 13)))
      (then (local.set $end (i32.sub (local.get $end) (i32.const 1)))))
    (if (i32.eq (local.get $end) (local.get $line))
      (then (global.set $blank (i32.add (global.get $blank) (i32.const 1))))
      (else
        (if (i32.and
              (i32.eqz (global.get $isWanted))
              (i32.and
                (i32.eq (i32.load8_u (local.get $line)) (i32.const 123))
                (i32.eq (i32.load8_u (i32.sub (local.get $end) (i32.const 1))) (i32.const 125))))
          (then
            (if (i32.or (global.get $isCandidate) (global.get $everyLine))
              (then (call $noteNames (local.get $line) (local.get $newline)))))
          (else
            (if (global.get $everyLine)
              (then (call $noteName (local.get $line) (i32.const 0)))
              (else
                (i32.store (global.get $wantedEnd) (local.get $line))
                (i32.store offset=4 (global.get $wantedEnd) (local.get $newline))
                (i32.store offset=8 (global.get $wantedEnd) (global.get $lines))
                (global.set $wantedEnd (i32.add (global.get $wantedEnd) (i32.const 12)))))))))
    (global.set $lines (i32.add (global.get $lines) (i32.const 1)))
  )

  ;; Gives the names in a line, each as the place of the line and a hash. A line with none, or with 16 and so perhaps
  ;; with more, is one that may name anybody.
  (func $noteNames (param $line i32) (param $newline i32)
    (local $block i32) (local $bits i64) (local $at i32) (local $names i32) (local $key i32)
    (local $first v128) (local $shared v128) (local $fourth v128)
    (local $found0 v128)
    (local $found1 v128)
    (local $found2 v128)
    (local $found3 v128)
    (local.set $first (v128.load (i32.const 0xb0)))
    (local.set $shared (v128.load (i32.const 0xc0)))
    (local.set $fourth (v128.load (i32.const 0xd0)))
    (local.set $block (local.get $line))
    (block $enough
      (loop $nextBlock
        (local.set $found0
          (v128.and
            (i8x16.eq (v128.load (local.get $block)) (local.get $first))
            (i8x16.eq
              (v128.and (v128.load offset=3 (local.get $block)) (local.get $shared))
              (local.get $fourth))))
        (local.set $found1
          (v128.and
            (i8x16.eq (v128.load offset=16 (local.get $block)) (local.get $first))
            (i8x16.eq
              (v128.and (v128.load offset=19 (local.get $block)) (local.get $shared))
              (local.get $fourth))))
        (local.set $found2
          (v128.and
            (i8x16.eq (v128.load offset=32 (local.get $block)) (local.get $first))
            (i8x16.eq
              (v128.and (v128.load offset=35 (local.get $block)) (local.get $shared))
              (local.get $fourth))))
        (local.set $found3
          (v128.and
            (i8x16.eq (v128.load offset=48 (local.get $block)) (local.get $first))
            (i8x16.eq
              (v128.and (v128.load offset=51 (local.get $block)) (local.get $shared))
              (local.get $fourth))))
        (if (v128.any_true
              (v128.or
                (v128.or (local.get $found0) (local.get $found1))
                (v128.or (local.get $found2) (local.get $found3)))) (then
          (local.set $bits
            (i64.or
              (i64.or
                (i64.extend_i32_u (i8x16.bitmask (local.get $found0)))
                (i64.shl (i64.extend_i32_u (i8x16.bitmask (local.get $found1))) (i64.const 16)))
              (i64.or
                (i64.shl (i64.extend_i32_u (i8x16.bitmask (local.get $found2))) (i64.const 32))
                (i64.shl (i64.extend_i32_u (i8x16.bitmask (local.get $found3))) (i64.const 48)))))
          (loop $nextBit
            (local.set $at (i32.add (local.get $block) (i32.wrap_i64 (i64.ctz (local.get $bits)))))
            (local.set $key (call $keyAt (local.get $at)))
            (if (i32.and (i32.ne (local.get $key) (i32.const 0)) (i32.lt_u (local.get $at) (local.get $newline)))
              (then
                (call $noteName
                  (local.get $line)
                  (call $hashValue (i32.add (local.get $at) (i32.load8_u offset=49 (local.get $key)))))
                (local.set $names (i32.add (local.get $names) (i32.const 1)))
                (br_if $enough (i32.eq (local.get $names) (i32.const 16)))))
            (br_if $nextBit
              (i64.ne
                (local.tee $bits
                  (i64.and (local.get $bits) (i64.sub (local.get $bits) (i64.const 1))))
                (i64.const 0))))))
        (local.set $block (i32.add (local.get $block) (i32.const 64)))
        (br_if $nextBlock (i32.lt_u (local.get $block) (local.get $newline))))
      (br_if $enough (i32.eqz (local.get $names)))
      (return))
    (call $noteName (local.get $line) (i32.const 0))
  )

  ;; The key that begins at $at, or 0.
  (func $keyAt (param $at i32) (result i32)
    (if (call $stands (i32.const 0x100) (local.get $at)) (then (return (i32.const 0x100))))
    (if (call $stands (i32.const 0x140) (local.get $at)) (then (return (i32.const 0x140))))
    (i32.const 0)
  )

  (func $noteName (param $line i32) (param $hash i32)
    (i32.store (global.get $namesEnd) (local.get $line))
    (i32.store offset=4 (global.get $namesEnd) (local.get $hash))
    (global.set $namesEnd (i32.add (global.get $namesEnd) (i32.const 8)))
  )

  ;; The hash of the text, in lower case, that is the value of a key that ends at $at: ": "text". Four bytes at a time,
  ;; as if nothing stood behind it. 0, which may be anybody, for whatever is not as simple as that.
  (func $hashValue (param $at i32) (result i32)
    (local $hash i32) (local $bytes v128) (local $length i32)
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 34)) (then (return (i32.const 0))))
    (local.set $at (call $skipBlanks (i32.add (local.get $at) (i32.const 1))))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 58)) (then (return (i32.const 0))))
    (local.set $at (call $skipBlanks (i32.add (local.get $at) (i32.const 1))))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 34)) (then (return (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
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
)
