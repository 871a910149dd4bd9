;; Part of kernel.wat: compares the words of a mark, and ends lines.

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
