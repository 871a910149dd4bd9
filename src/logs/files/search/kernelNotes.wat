;; Part of kernel.wat: notes whose a line is, from which address and of which minute.

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
