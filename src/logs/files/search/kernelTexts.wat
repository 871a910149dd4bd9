;; Part of kernel.wat: reads the texts that are noted.

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
