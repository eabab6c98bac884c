# A guest of one sector: a screen of 1024x768 in one colour. It writes the scan codes of its keyboard to the serial port
# in hex and repaints the screen in another colour for each key pressed; with the byte at `paint_always` not zero it
# repaints without pause, with two in noise. Built with: as --32 -o s.o screen-guest.S && ld -m elf_i386 -Ttext 0x7c00 --oformat binary s.o
.code16
.globl _start
_start:
  cli
  xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw $0x7c00, %sp
  movw $0x4f01, %ax
  movw $0x144, %cx
  movw $0x8000, %di
  int $0x10
  movw $0x4f02, %ax
  movw $0x4144, %bx
  int $0x10
  lgdt gdtr
  movl %cr0, %eax
  orb $1, %al
  movl %eax, %cr0
  ljmp $8, $flat
.code32
flat:
  movw $16, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movl $0x7c00, %esp
  movl $0x00203040, %ebx
paint:
  movl 0x8028, %edi
  movl $1024*768, %ecx
  movl %ebx, %eax
  cld
  cmpb $2, paint_always
  je noise
  rep stosl
wait:
  inb $0x64, %al
  testb $1, %al
  jnz key
  cmpb $0, paint_always
  je wait
  addl $0x00010305, %ebx
  andl $0x00ffffff, %ebx
  jmp paint
key:
  testb $0x20, %al
  inb $0x60, %al
  jnz wait
  movb %al, %dl
  shrb $4, %al
  call digit
  movb %dl, %al
  andb $15, %al
  call digit
  testb $0x80, %dl
  jnz wait
  addl $0x00503010, %ebx
  andl $0x00ffffff, %ebx
  jmp paint
noise:
  imull $1664525, %eax, %eax
  addl $1013904223, %eax
  stosl
  loop noise
  movl %eax, %ebx
  jmp wait
digit:
  addb $'0', %al
  cmpb $'9', %al
  jbe 1f
  addb $39, %al
1: pushl %edx
  movw $0x3f8, %dx
  outb %al, %dx
  popl %edx
  ret
.align 4
gdt:
  .quad 0
  .quad 0x00cf9a000000ffff
  .quad 0x00cf92000000ffff
gdtr:
  .word 23
  .long gdt
.org 508
paint_always:
  .byte 0, 0
.word 0xaa55
