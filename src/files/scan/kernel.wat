;; Searches lines of text for words, many times faster than a parser reads them.
;;
;; A word is known by three of its bytes, its mark. Each byte of the text is looked up in two tables of 16, one by
;; its lower and one by its upper half; both answer with a set of groups of words (a bit each). Where three bytes in
;; a row agree on a group, its words are compared in full. Only there, and at the ends of lines, is anything done
;; byte by byte.
;;
;; lineSearch.ts fills the tables and reads the results. Places are addresses in the memory that both share.
(module
  (memory (export "memory") 1)

  ;; Marks: six tables of 16 bytes (lower and upper half of the first, second and third byte).
  ;; 0x060: scratch, 16 bytes
  ;; 0x080: for each of 8 groups the address of its first word, and behind the last one the end; 9 × i32
  ;; 0x0b0: the first letter of both keys, and the fourth of the one and of the other, 16 times each
  ;; 0x100: words, 64 bytes each, the two keys before the others: text, letters (0x20 where case does not count),
  ;;        beyond (0xff behind the end), and from 48 on: how far behind the word's first byte its mark ends, its
  ;;        length, its kind
  ;; 0xa00: harmless texts, 144 bytes each: text, beyond, and from 128 on: how far behind the first byte of the text
  ;;        the word in it begins, its length
  ;; Kinds: 1 the line is wanted, 2 the line is noted. Keys, of names, are only looked for in lines that are noted.

  ;; What the last call of scan met: lines, blank lines among them, and the ends of what it wrote.
  (global $lines (export "lines") (mut i32) (i32.const 0))
  (global $blank (export "blank") (mut i32) (i32.const 0))
  (global $wantedEnd (export "wantedEnd") (mut i32) (i32.const 0))
  (global $namesEnd (export "namesEnd") (mut i32) (i32.const 0))

  ;; Where the harmless texts end.
  (global $harmlessEnd (export "harmlessEnd") (mut i32) (i32.const 0xa00))

  ;; Of the line that is looked at.
  (global $isWanted (mut i32) (i32.const 0))
  (global $isNoted (mut i32) (i32.const 0))

  ;; Looks at the whole lines from $from on: up to the last newline before $end, or as far as there is room for what
  ;; is found. Some bytes before $from and behind $end are read, too.
  ;; From $wanted on it writes 12 bytes for each line that is wanted: where it begins, where its newline stands, its
  ;; number from 0. From $names on 8 bytes for each name in a line that is noted: where the line begins, the hash.
  ;; Gives the place behind the last line that it looked at.
  (func (export "scan")
    (param $from i32) (param $end i32)
    (param $wanted i32) (param $wantedLimit i32)
    (param $names i32) (param $namesLimit i32)
    (result i32)
    (local $stop i32) (local $line i32) (local $block i32) (local $bits i32) (local $at i32)
    (local $bytes v128) (local $lower v128) (local $upper v128)
    (local $first v128) (local $second v128) (local $found v128) (local $newlines v128)
    (local $firstBefore v128) (local $secondBefore v128)
    (local $lower0 v128) (local $lower1 v128) (local $lower2 v128)
    (local $upper0 v128) (local $upper1 v128) (local $upper2 v128)
    (local $lines i32)

    (global.set $lines (i32.const 0))
    (global.set $blank (i32.const 0))
    (global.set $wantedEnd (local.get $wanted))
    (global.set $namesEnd (local.get $names))
    (call $beginLine)
    (local.set $stop (call $behindLastNewline (local.get $from) (local.get $end)))
    (if (i32.eq (local.get $stop) (local.get $from)) (then (return (local.get $from))))

    (local.set $lower0 (v128.load (i32.const 0x00)))
    (local.set $upper0 (v128.load (i32.const 0x10)))
    (local.set $lower1 (v128.load (i32.const 0x20)))
    (local.set $upper1 (v128.load (i32.const 0x30)))
    (local.set $lower2 (v128.load (i32.const 0x40)))
    (local.set $upper2 (v128.load (i32.const 0x50)))
    (local.set $line (local.get $from))
    (local.set $block (local.get $from))

    (loop $nextBlock
      (local.set $bytes (v128.load (local.get $block)))
      (local.set $lower
        (v128.and (local.get $bytes) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
      (local.set $upper
        (v128.and
          (i16x8.shr_u (local.get $bytes) (i32.const 4))
          (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
      (local.set $first
        (v128.and
          (i8x16.swizzle (local.get $lower0) (local.get $lower))
          (i8x16.swizzle (local.get $upper0) (local.get $upper))))
      (local.set $second
        (v128.and
          (i8x16.swizzle (local.get $lower1) (local.get $lower))
          (i8x16.swizzle (local.get $upper1) (local.get $upper))))
      ;; The third byte stands where it is, the second one byte before it, the first two.
      (local.set $found
        (v128.and
          (v128.and
            (i8x16.swizzle (local.get $lower2) (local.get $lower))
            (i8x16.swizzle (local.get $upper2) (local.get $upper)))
          (v128.and
            (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
              (local.get $secondBefore) (local.get $second))
            (i8x16.shuffle 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29
              (local.get $firstBefore) (local.get $first)))))
      (local.set $firstBefore (local.get $first))
      (local.set $secondBefore (local.get $second))
      (local.set $newlines
        (i8x16.eq (local.get $bytes) (v128.const i8x16 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10)))

      (if (v128.any_true (v128.or (local.get $found) (local.get $newlines))) (then
        (v128.store (i32.const 0x60) (local.get $found))
        (local.set $bits
          (i8x16.bitmask
            (v128.or
              (local.get $newlines)
              (i8x16.ne (local.get $found) (v128.const i64x2 0 0)))))
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
            (if (i32.eqz (global.get $isWanted)) (then
              (call $compare
                (local.get $at)
                (i32.load8_u offset=0x60 (i32.ctz (local.get $bits))))))
          ))
          (br_if $nextBit
            (local.tee $bits
              (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1)))))
        )
      ))
      (local.set $block (i32.add (local.get $block) (i32.const 16)))
      (br $nextBlock)
    )
    (unreachable)
  )

  (func $behindLastNewline (param $from i32) (param $end i32) (result i32)
    (loop $before
      (if (i32.le_u (local.get $end) (local.get $from)) (then (return (local.get $from))))
      (if (i32.eq (i32.load8_u (i32.sub (local.get $end) (i32.const 1))) (i32.const 10))
        (then (return (local.get $end))))
      (local.set $end (i32.sub (local.get $end) (i32.const 1)))
      (br $before)
    )
    (unreachable)
  )

  (func $beginLine
    (global.set $isWanted (i32.const 0))
    (global.set $isNoted (i32.const 0))
  )

  ;; Compares the words of some groups with the text around a mark that ends at $at.
  (func $compare (param $at i32) (param $groups i32)
    (local $group i32) (local $word i32) (local $end i32) (local $kind i32)
    (loop $nextGroup
      (local.set $group (i32.shl (i32.ctz (local.get $groups)) (i32.const 2)))
      (local.set $word (i32.load offset=0x80 (local.get $group)))
      (local.set $end (i32.load offset=0x84 (local.get $group)))
      (loop $nextWord
        (if (i32.lt_u (local.get $word) (local.get $end)) (then
          (if (call $stands (local.get $word) (i32.sub (local.get $at) (i32.load8_u offset=48 (local.get $word))))
            (then
              (local.set $kind (i32.load8_u offset=50 (local.get $word)))
              (if (i32.and
                    (i32.eq (local.get $kind) (i32.const 1))
                    (i32.eqz
                      (call $isHarmless
                        (i32.sub (local.get $at) (i32.load8_u offset=48 (local.get $word))))))
                (then (global.set $isWanted (i32.const 1)) (return)))
              (if (i32.eq (local.get $kind) (i32.const 2)) (then (global.set $isNoted (i32.const 1))))))
          (local.set $word (i32.add (local.get $word) (i32.const 64)))
          (br $nextWord)
        ))
      )
      (br_if $nextGroup
        (local.tee $groups
          (i32.and (local.get $groups) (i32.sub (local.get $groups) (i32.const 1)))))
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
          (then (if (global.get $isNoted) (then (call $noteNames (local.get $line) (local.get $newline)))))
          (else
            (i32.store (global.get $wantedEnd) (local.get $line))
            (i32.store offset=4 (global.get $wantedEnd) (local.get $newline))
            (i32.store offset=8 (global.get $wantedEnd) (global.get $lines))
            (global.set $wantedEnd (i32.add (global.get $wantedEnd) (i32.const 12)))))))
    (global.set $lines (i32.add (global.get $lines) (i32.const 1)))
  )

  ;; Gives the names in a line, each as the place of the line and a hash. A line with none, or with 16 and so perhaps
  ;; with more, is one that may name anybody.
  (func $noteNames (param $line i32) (param $newline i32)
    (local $block i32) (local $bits i32) (local $at i32) (local $names i32) (local $key i32)
    (local.set $block (local.get $line))
    (block $enough
      (loop $nextBlock
        (local.set $bits
          (i8x16.bitmask
            (v128.and
              (i8x16.eq (v128.load (local.get $block)) (v128.load (i32.const 0xb0)))
              (v128.or
                (i8x16.eq (v128.load offset=3 (local.get $block)) (v128.load (i32.const 0xc0)))
                (i8x16.eq (v128.load offset=3 (local.get $block)) (v128.load (i32.const 0xd0)))))))
        (if (local.get $bits) (then
          (loop $nextBit
            (local.set $at (i32.add (local.get $block) (i32.ctz (local.get $bits))))
            (local.set $key (call $keyAt (local.get $at)))
            (if (i32.and (i32.ne (local.get $key) (i32.const 0)) (i32.lt_u (local.get $at) (local.get $newline)))
              (then
                (call $noteName
                  (local.get $line)
                  (call $hashValue (i32.add (local.get $at) (i32.load8_u offset=49 (local.get $key)))))
                (local.set $names (i32.add (local.get $names) (i32.const 1)))
                (br_if $enough (i32.eq (local.get $names) (i32.const 16)))))
            (br_if $nextBit
              (local.tee $bits
                (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))))))
        (local.set $block (i32.add (local.get $block) (i32.const 16)))
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

  ;; The hash (FNV-1a, lower case) of the text that is the value of a key that ends at $at: ": "text". 0, which may be
  ;; anybody, for whatever is not as simple as that.
  (func $hashValue (param $at i32) (result i32)
    (local $hash i32) (local $byte i32) (local $from i32)
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 34)) (then (return (i32.const 0))))
    (local.set $at (call $skipBlanks (i32.add (local.get $at) (i32.const 1))))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 58)) (then (return (i32.const 0))))
    (local.set $at (call $skipBlanks (i32.add (local.get $at) (i32.const 1))))
    (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 34)) (then (return (i32.const 0))))
    (local.set $from (local.tee $at (i32.add (local.get $at) (i32.const 1))))
    (local.set $hash (i32.const 0x811c9dc5))
    (loop $next
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.ne (local.get $byte) (i32.const 34)) (then
        ;; Blanks, escapes and letters beyond ASCII: trimming and lower case are more than is done here.
        (if (i32.or
              (i32.le_u (local.get $byte) (i32.const 32))
              (i32.or (i32.eq (local.get $byte) (i32.const 92)) (i32.ge_u (local.get $byte) (i32.const 127))))
          (then (return (i32.const 0))))
        (if (i32.lt_u (i32.sub (local.get $byte) (i32.const 65)) (i32.const 26))
          (then (local.set $byte (i32.add (local.get $byte) (i32.const 32)))))
        (local.set $hash
          (i32.mul (i32.xor (local.get $hash) (local.get $byte)) (i32.const 0x01000193)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    )
    (local.get $hash)
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
