;; Part of kernel.wat: the rows of CSV. Of a table:
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
