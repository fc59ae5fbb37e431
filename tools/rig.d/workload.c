// What runs in tools/rig's guest: exercises KVM's gfn_to_pfn_caches while other threads invalidate, and says what it did and saw.
//
//   gcc -O2 -static -pthread -o workload workload.c
//   workload NAME [SECONDS]      workload list: the names, and what each is for
//
// Caches come from KVM's Xen emulation (shared_info, vcpu_info, time_info, runstate) and from kvm-clock (pv_time). Lines `truth KEY …`
// are what the recording is held against (truth.py): counts of calls, each of which is one call of a function that is probed, and what
// this process saw of its own pages.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SHARED_INFO_HVA 6 /* KVM_XEN_ATTR_TYPE_SHARED_INFO_HVA, from 6.9 on */
#define PAGE 4096UL
#define MEM_BYTES (8UL << 20)
#define FAR_BYTES (32UL << 20)
#define NONE (~0ULL) /* KVM_XEN_INVALID_GFN and _GPA */

/* Guest frames of the caches, in memslot 0. */
#define GFN_SHARED 0x10
#define GFN_OTHER 0x11
#define GFN_VCPU 0x12
#define GFN_TIME 0x13
#define GFN_RUNSTATE 0x14 /* the first vCPU's goes on in 0x15 */
#define GFN_CLOCK 0x20
#define SLOT1_GPA 0x10000000UL

struct vm {
	int fd, vcpus, vcpu[2], eventfd;
	uint8_t *mem, *far; /* in memslot 0; in none */
	struct kvm_run *run[2];
};

static int kvm, has_xen, vms_of_mm = 1;
static double seconds = 2;
static atomic_int stop;

/* What was done, summed over all threads. */
static struct {
	atomic_ulong vms, caches, hvm_attrs, vcpu_attrs, memslots, activations, activations_hva, sent, refused;
} did;

/* madvise(MADV_DONTNEED) of ranges that nothing else invalidates as a whole: one start hook each, in each VM of the mm. */
static struct range { uint8_t *start; size_t bytes; atomic_ulong count; } ranges[8];
static int range_count;

static void die(const char *what) { perror(what); exit(1); }
static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000000000ull + t.tv_nsec; }
static void sleep_us(long us) { struct timespec t = { us / 1000000, us % 1000000 * 1000 }; nanosleep(&t, NULL); }
static void touch(uint8_t *p, size_t bytes) { for (size_t at = 0; at < bytes; at += PAGE) ((volatile uint8_t *)p)[at] = 1; }

/* A thread that writes to a page which another one has just made read-only waits for it. */
static void on_segv(int signal, siginfo_t *info, void *context) { (void)signal; (void)info; (void)context; sleep_us(100); }

static uint8_t *map(size_t bytes)
{
	uint8_t *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) die("mmap");
	madvise(p, bytes, MADV_NOHUGEPAGE);
	return p;
}

static struct range *range(uint8_t *start, size_t bytes)
{
	struct range *r = &ranges[range_count++];
	r->start = start; r->bytes = bytes;
	return r;
}
static void drop(struct range *r) { madvise(r->start, r->bytes, MADV_DONTNEED); r->count++; }

/* ---- a VM ------------------------------------------------------------- */

static int set_slot(struct vm *v, int slot, uint64_t gpa, uint64_t bytes, void *hva, int flags)
{
	struct kvm_userspace_memory_region r = { .slot = slot, .flags = flags, .guest_phys_addr = gpa, .memory_size = bytes,
		.userspace_addr = (uint64_t)hva };
	did.memslots++;
	return ioctl(v->fd, KVM_SET_USER_MEMORY_REGION, &r);
}
static int set_hvm(struct vm *v, int type, uint64_t value)
{
	struct kvm_xen_hvm_attr a = { .type = type };
	a.u.shared_info.gfn = value;
	did.hvm_attrs++;
	return ioctl(v->fd, KVM_XEN_HVM_SET_ATTR, &a);
}
static int shared_info(struct vm *v, uint64_t gfn)
{
	if (gfn != NONE) did.activations++;
	return set_hvm(v, KVM_XEN_ATTR_TYPE_SHARED_INFO, gfn);
}
static int shared_info_hva(struct vm *v, void *hva)
{
	if (hva) did.activations_hva++;
	return set_hvm(v, SHARED_INFO_HVA, (uint64_t)hva);
}
static int vcpu_attr(struct vm *v, int c, int type, uint64_t gpa)
{
	struct kvm_xen_vcpu_attr a = { .type = type };
	a.u.gpa = gpa;
	did.vcpu_attrs++;
	/* A runstate of 48 bytes that goes on in the next page has a cache for each. */
	if (gpa != NONE) did.activations += type == KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADDR && gpa % PAGE > PAGE - 48 ? 2 : 1;
	return ioctl(v->vcpu[c], KVM_XEN_VCPU_SET_ATTR, &a);
}
static void set_clock(struct vm *v, int c, uint64_t gpa)
{
	struct { struct kvm_msrs head; struct kvm_msr_entry entry[1]; } m = { .head.nmsrs = 1 };
	m.entry[0].index = 0x4b564d01; /* MSR_KVM_SYSTEM_TIME_NEW */
	m.entry[0].data = gpa ? gpa + 1 : 0;
	if (gpa) did.activations++;
	ioctl(v->vcpu[c], KVM_SET_MSRS, &m);
}
static int send_event(struct vm *v, int port)
{
	struct kvm_irq_routing_xen_evtchn e = { .port = port, .priority = KVM_IRQ_ROUTING_XEN_EVTCHN_PRIO_2LEVEL };
	int result = ioctl(v->fd, KVM_XEN_HVM_EVTCHN_SEND, &e);
	if (result < 0) did.refused++; else did.sent++;
	return result;
}
/* shared_info.evtchn_pending, in its 64-bit layout. */
static volatile uint64_t *pending(uint8_t *page, int port) { return (uint64_t *)(page + 2048) + port / 64; }
static void take_event(uint8_t *page, int port) { __atomic_and_fetch(pending(page, port), ~(1ull << port % 64), __ATOMIC_SEQ_CST); }

static void create(struct vm *v, int vcpus)
{
	/* 16-bit: a Xen hypercall (vmmcall), a short loop, an I/O exit, and again. Without Xen the hypercall is nops. */
	static const uint8_t code[] = { 0x66, 0xb8, 0x11, 0, 0, 0, 0x0f, 0x01, 0xd9, 0xb9, 0xf4, 0x01, 0x49, 0x75, 0xfd, 0xe6, 0x10, 0xeb, 0xed };
	memset(v, 0, sizeof *v);
	v->fd = ioctl(kvm, KVM_CREATE_VM, 0);
	if (v->fd < 0) die("KVM_CREATE_VM");
	did.vms++; did.caches += has_xen ? 1 + 5 * vcpus : vcpus;
	v->mem = map(MEM_BYTES); v->far = map(FAR_BYTES);
	if (set_slot(v, 0, 0, MEM_BYTES, v->mem, 0)) die("memslot 0");
	memcpy(v->mem + 0x1000, code, sizeof code);
	if (!has_xen) memset(v->mem + 0x1006, 0x90, 3);
	struct kvm_enable_cap cap = { .cap = KVM_CAP_SPLIT_IRQCHIP, .args[0] = 24 };
	if (ioctl(v->fd, KVM_ENABLE_CAP, &cap)) perror("KVM_CAP_SPLIT_IRQCHIP");
	if (has_xen) {
		struct kvm_xen_hvm_config x = { .flags = KVM_XEN_HVM_CONFIG_INTERCEPT_HCALL | KVM_XEN_HVM_CONFIG_EVTCHN_SEND, .msr = 0x40000200 };
		if (ioctl(v->fd, KVM_XEN_HVM_CONFIG, &x)) die("KVM_XEN_HVM_CONFIG");
		if (set_hvm(v, KVM_XEN_ATTR_TYPE_LONG_MODE, 1)) die("LONG_MODE");
	}
	v->vcpus = vcpus;
	int bytes = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	for (int c = 0; c < vcpus; c++) {
		struct kvm_sregs s; struct kvm_regs r = { .rip = 0x1000, .rflags = 2 };
		struct kvm_mp_state runnable = { KVM_MP_STATE_RUNNABLE };
		v->vcpu[c] = ioctl(v->fd, KVM_CREATE_VCPU, c);
		if (v->vcpu[c] < 0) die("KVM_CREATE_VCPU");
		v->run[c] = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, v->vcpu[c], 0);
		ioctl(v->vcpu[c], KVM_GET_SREGS, &s);
		s.cs.base = 0; s.cs.selector = 0;
		ioctl(v->vcpu[c], KVM_SET_SREGS, &s);
		ioctl(v->vcpu[c], KVM_SET_REGS, &r);
		ioctl(v->vcpu[c], KVM_SET_MP_STATE, &runnable);
		if (!has_xen) continue;
		if (vcpu_attr(v, c, KVM_XEN_VCPU_ATTR_TYPE_VCPU_INFO, GFN_VCPU * PAGE + c * 256)) die("VCPU_INFO");
		if (vcpu_attr(v, c, KVM_XEN_VCPU_ATTR_TYPE_VCPU_TIME_INFO, GFN_TIME * PAGE + c * 256)) die("VCPU_TIME_INFO");
		if (vcpu_attr(v, c, KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADDR, GFN_RUNSTATE * PAGE + (c ? 64 : PAGE - 16))) perror("RUNSTATE_ADDR");
	}
	for (int c = 0; c < vcpus; c++) set_clock(v, c, GFN_CLOCK * PAGE + c * 64);
	if (has_xen && shared_info(v, GFN_SHARED)) die("SHARED_INFO");
}
/* An event channel that a kworker raises, with the mm borrowed. */
static void create_irqfd(struct vm *v)
{
	struct { struct kvm_irq_routing head; struct kvm_irq_routing_entry entry[1]; } t = { .head.nr = 1 };
	t.entry[0].gsi = 5; t.entry[0].type = KVM_IRQ_ROUTING_XEN_EVTCHN;
	t.entry[0].u.xen_evtchn.port = 7; t.entry[0].u.xen_evtchn.priority = KVM_IRQ_ROUTING_XEN_EVTCHN_PRIO_2LEVEL;
	if (ioctl(v->fd, KVM_SET_GSI_ROUTING, &t)) perror("KVM_SET_GSI_ROUTING");
	v->eventfd = eventfd(0, EFD_NONBLOCK);
	struct kvm_irqfd f = { .fd = v->eventfd, .gsi = 5 };
	if (ioctl(v->fd, KVM_IRQFD, &f)) perror("KVM_IRQFD");
}
static void destroy(struct vm *v)
{
	int bytes = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (v->eventfd > 0) close(v->eventfd);
	for (int c = 0; c < v->vcpus; c++) { munmap(v->run[c], bytes); close(v->vcpu[c]); }
	close(v->fd);
	munmap(v->mem, MEM_BYTES); munmap(v->far, FAR_BYTES);
}

/* ---- threads ---------------------------------------------------------- */

struct task {
	struct vm *vm; const char *comm; void (*step)(struct task *, unsigned long i); long pause_us; int index; struct range *range;
	unsigned long steps; pthread_t thread;
};

static void *run_task(void *argument)
{
	struct task *t = argument;
	prctl(PR_SET_NAME, t->comm);
	for (; !stop; t->steps++) { t->step(t, t->steps); if (t->pause_us) sleep_us(t->pause_us); }
	return NULL;
}
static void run(struct task *tasks, int count)
{
	for (int i = 0; i < count; i++) if (pthread_create(&tasks[i].thread, NULL, run_task, &tasks[i])) die("pthread_create");
	sleep_us(seconds * 1e6);
	stop = 1;
	for (int i = 0; i < count; i++) pthread_join(tasks[i].thread, NULL);
	for (int i = 0; i < count; i++) printf("thread %-15s %lu steps\n", tasks[i].comm, tasks[i].steps);
}
#define RUN(...) do { struct task t[] = { __VA_ARGS__ }; run(t, sizeof t / sizeof *t); } while (0)

static void run_vcpu(struct task *t, unsigned long i)
{
	struct kvm_run *r = t->vm->run[t->index];
	if (i % 4 == 0) ioctl(t->vm->vcpu[t->index], KVM_KVMCLOCK_CTRL);
	if (ioctl(t->vm->vcpu[t->index], KVM_RUN, 0) < 0) { if (errno != EINTR && errno != EAGAIN) sleep_us(1000); return; }
	if (r->exit_reason == KVM_EXIT_XEN) r->xen.u.hcall.result = 0;
	else if (r->exit_reason != KVM_EXIT_IO) sleep_us(1000);
}
static void send(struct task *t, unsigned long i) { int port = 1 + i % 60; send_event(t->vm, port); take_event(t->vm->mem + GFN_SHARED * PAGE, port); }
static void raise_irqfd(struct task *t, unsigned long i)
{
	uint64_t one = 1;
	if (write(t->vm->eventfd, &one, 8) < 0) sleep_us(10);
	take_event(t->vm->mem + GFN_SHARED * PAGE, 7); (void)i;
}
static void move_shared_info(struct task *t, unsigned long i) { shared_info(t->vm, i & 1 ? GFN_SHARED : GFN_OTHER); send_event(t->vm, 3); }
static void move_clock(struct task *t, unsigned long i) { set_clock(t->vm, t->index, (GFN_CLOCK + (i & 1)) * PAGE); }
static void drop_range(struct task *t, unsigned long i) { drop(t->range); (void)i; }
static void drop_far(struct task *t, unsigned long i) { touch(t->range->start, 1 << 20); drop(t->range); (void)i; }
/* A cache's page, made read-only and writable again. Not a page that is dropped: a range over two mappings is dropped in two. */
static void protect(struct task *t, unsigned long i)
{
	uint8_t *p = t->vm->mem + GFN_CLOCK * PAGE; (void)i;
	mprotect(p, PAGE, PROT_READ); mprotect(p, PAGE, PROT_READ | PROT_WRITE);
}
static void page_out(struct task *t, unsigned long i) { madvise(t->vm->mem + GFN_SHARED * PAGE, 16 * PAGE, MADV_PAGEOUT); (void)i; }
static void map_far(struct task *t, unsigned long i)
{
	uint8_t *p = map(1 << 20);
	touch(p, 1 << 18); munmap(p, 1 << 20); (void)t; (void)i;
}
static void move_far(struct task *t, unsigned long i)
{
	uint8_t *p = map(64 * PAGE), *to = mmap(NULL, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *at;
	touch(p, 64 * PAGE);
	at = mremap(p, 64 * PAGE, 64 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	if (at != MAP_FAILED) munmap(at, 64 * PAGE);
	(void)t; (void)i;
}
static void fork_off(struct task *t, unsigned long i)
{
	pid_t p = fork();
	if (!p) _exit(0);
	if (p > 0) waitpid(p, NULL, 0);
	(void)t; (void)i;
}
/* Another generation of the memslots, the same memory. */
static void log_dirty(struct task *t, unsigned long i) { set_slot(t->vm, 0, 0, MEM_BYTES, t->vm->mem, i & 1 ? 0 : KVM_MEM_LOG_DIRTY_PAGES); }

/* ---- workloads -------------------------------------------------------- */

static void quiet(void)
{
	struct vm v;
	create(&v, 2);
	for (int i = 0; i < 10; i++) {
		struct task t = { .vm = &v };
		shared_info(&v, GFN_SHARED + (i & 1)); send_event(&v, 1 + i);
		set_clock(&v, 0, (GFN_CLOCK + (i & 1)) * PAGE);
		for (int k = 0; k < 4; k++) run_vcpu(&t, k);
		sleep_us(20000);
	}
	destroy(&v);
}
static void overlap(void)
{
	struct vm v;
	create(&v, 2); create_irqfd(&v);
	/* Two pages: the copy of one page on a write is an invalidation of that page alone. */
	struct range *own = range(v.mem + GFN_SHARED * PAGE, 2 * PAGE);
	RUN({ &v, "CPU 0/KVM", run_vcpu, 2000 }, { &v, "send", send, 300 }, { &v, "irqfd", raise_irqfd, 1000 },
	    { &v, "drop own", drop_range, 500, .range = own }, { &v, "protect own", protect, 1500 });
	destroy(&v);
}
static void unrelated(void)
{
	struct vm v;
	create(&v, 1);
	struct range *a = range(v.far, 4 << 20), *b = range(v.far + (8 << 20), 4 << 20);
	RUN({ &v, "activate", move_shared_info, 1000 }, { &v, "send", send, 500 }, { &v, "drop far 0", drop_far, .range = a },
	    { &v, "drop far 1", drop_far, .range = b }, { &v, "map far", map_far }, { &v, "move far", move_far });
	destroy(&v);
}
static void storm(void)
{
	struct vm v;
	create(&v, 2);
	struct range *own = range(v.mem + GFN_SHARED * PAGE, 2 * PAGE), *far = range(v.far, 4 << 20);
	if (has_xen) {
		create_irqfd(&v);
		RUN({ &v, "CPU 0/KVM", run_vcpu }, { &v, "CPU 1/KVM", run_vcpu, .index = 1 }, { &v, "send", send, 50 }, { &v, "irqfd", raise_irqfd, 300 },
		    { &v, "activate", move_shared_info, 500 }, { &v, "drop own", drop_range, 400, .range = own }, { &v, "protect own", protect, 900 },
		    { &v, "page out", page_out, 5000 }, { &v, "fork", fork_off, 20000 }, { &v, "drop far", drop_far, 200, .range = far },
		    { &v, "map far", map_far, 100 }, { &v, "move far", move_far, 100 }, { &v, "log dirty", log_dirty, 7000 });
	} else
		RUN({ &v, "CPU 0/KVM", run_vcpu }, { &v, "CPU 1/KVM", run_vcpu, .index = 1 }, { &v, "clock", move_clock, 500 },
		    { &v, "drop own", drop_range, 400, .range = own }, { &v, "drop far", drop_far, 200, .range = far }, { &v, "map far", map_far, 100 });
	destroy(&v);
}
static void lifecycle(void)
{
	uint64_t end = now() + seconds * 1e9;
	for (unsigned k = 0; now() < end; k++) {
		struct vm v;
		uint8_t *other;
		create(&v, 1);
		other = v.far + (16 << 20);
		for (int round = 0; round < 2; round++) {
			shared_info(&v, 0x40 + k % 8); send_event(&v, 1);
			shared_info(&v, 0x40 + k % 8); send_event(&v, 2); /* again at the same gpa */
			vcpu_attr(&v, 0, KVM_XEN_VCPU_ATTR_TYPE_VCPU_INFO, (0x50 + k % 4) * PAGE + 64);
			vcpu_attr(&v, 0, KVM_XEN_VCPU_ATTR_TYPE_VCPU_INFO, 0x50 * PAGE + PAGE - 16); /* over the page's end: -EINVAL */
			vcpu_attr(&v, 0, KVM_XEN_VCPU_ATTR_TYPE_RUNSTATE_ADDR, 0x5a * PAGE - (k & 1 ? 16 : 256));
			set_slot(&v, 1, SLOT1_GPA, MEM_BYTES, other, 0);
			shared_info(&v, SLOT1_GPA / PAGE + 3); send_event(&v, 8);
			set_slot(&v, 1, SLOT1_GPA, 0, other, 0); send_event(&v, 9); /* refused: no memslot */
			set_slot(&v, 1, SLOT1_GPA, MEM_BYTES, v.far, 0); send_event(&v, 10); /* the same gpa, another hva */
			set_slot(&v, 1, SLOT1_GPA, 0, v.far, 0);
			shared_info(&v, GFN_SHARED); send_event(&v, 11);
			mprotect(v.mem + GFN_SHARED * PAGE, PAGE, PROT_NONE); send_event(&v, 12); /* refused: the lookup fails */
			mprotect(v.mem + GFN_SHARED * PAGE, PAGE, PROT_READ | PROT_WRITE); send_event(&v, 13);
			shared_info(&v, NONE); send_event(&v, 15); /* refused: no cache */
			set_clock(&v, 0, 0); set_clock(&v, 0, (GFN_CLOCK + k % 3) * PAGE);
		}
		destroy(&v);
		sleep_us(20000);
	}
}
/* One VM each in two processes: the same addresses in two address spaces. */
static void two_vms(void)
{
	struct vm v;
	fflush(stdout);
	pid_t child = fork();
	create(&v, 1);
	struct range *own = range(v.mem + GFN_SHARED * PAGE, 2 * PAGE);
	RUN({ &v, "CPU 0/KVM", run_vcpu, 1000 }, { &v, "send", send, 200 }, { &v, "activate", move_shared_info, 1000 },
	    { &v, "drop own", drop_range, 800, .range = own }, { &v, "map far", map_far, 300 });
	destroy(&v);
	if (child) waitpid(child, NULL, 0);
}
/* Two VMs in one address space: every invalidation is announced to both. */
static void one_mm(void)
{
	struct vm a, b;
	vms_of_mm = 2;
	create(&a, 1); create(&b, 1);
	struct range *own_a = range(a.mem + GFN_SHARED * PAGE, 2 * PAGE), *own_b = range(b.mem + GFN_SHARED * PAGE, 2 * PAGE);
	RUN({ &a, "send A", send, 200 }, { &b, "send B", send, 200 }, { &a, "activate A", move_shared_info, 1000 },
	    { &b, "activate B", move_shared_info, 1000 }, { &a, "drop A", drop_range, 800, .range = own_a },
	    { &b, "drop B", drop_range, 800, .range = own_b }, { &a, "map far", map_far, 300 });
	destroy(&a); destroy(&b);
}
/* Memslots that move under a cache: its gpa has no memory any more, or other memory. */
static void moves(void)
{
	struct vm v;
	uint64_t end = now() + seconds * 1e9;
	create(&v, 1);
	while (now() < end) {
		set_slot(&v, 1, SLOT1_GPA, MEM_BYTES, v.far, 0);
		shared_info(&v, SLOT1_GPA / PAGE + 3); send_event(&v, 1);
		set_slot(&v, 1, SLOT1_GPA + MEM_BYTES, MEM_BYTES, v.far, 0); send_event(&v, 2); /* refused */
		set_slot(&v, 1, SLOT1_GPA, MEM_BYTES, v.far, 0); send_event(&v, 3);
		set_slot(&v, 1, SLOT1_GPA, 0, v.far, 0);
		shared_info(&v, GFN_SHARED); send_event(&v, 4);
		take_event(v.mem + GFN_SHARED * PAGE, 4); take_event(v.far + 3 * PAGE, 1); take_event(v.far + 3 * PAGE, 3);
	}
	destroy(&v);
}
static void clock_only(void)
{
	struct vm v;
	create(&v, 2);
	struct range *own = range(v.mem + GFN_CLOCK * PAGE, 2 * PAGE), *far = range(v.far, 4 << 20);
	RUN({ &v, "CPU 0/KVM", run_vcpu }, { &v, "clock", move_clock, 1000, .index = 1 }, { &v, "drop own", drop_range, 1000, .range = own },
	    { &v, "drop far", drop_far, 200, .range = far }, { &v, "map far", map_far, 200 });
	destroy(&v);
}

/* ---- what is seen from inside ----------------------------------------- */

/* A second thread takes pages away when it is told to, and as late as it is told to. */
static struct { struct range *range; atomic_int go, busy, done, end; atomic_long wait_ns, took_ns; int cpu; } taker;

static void pin(int cpu) { cpu_set_t s; CPU_ZERO(&s); CPU_SET(cpu < 0 ? 0 : cpu, &s); sched_setaffinity(0, sizeof s, &s); }
static void spin_until(uint64_t ns) { while (now() < ns) ; }
static void *take(void *argument)
{
	int seen = 0;
	prctl(PR_SET_NAME, "taker"); pin(taker.cpu);
	while (!taker.end) {
		int go = taker.go;
		if (go == seen) { sched_yield(); continue; }
		seen = go;
		spin_until(now() + taker.wait_ns);
		uint64_t begun = now();
		taker.busy = 1;
		drop(taker.range);
		taker.busy = 0; taker.took_ns = now() - begun; taker.done = go;
	}
	return argument;
}
static pthread_t start_taker(struct range *r)
{
	pthread_t t;
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	taker.range = r; taker.cpu = cpus - 1; taker.took_ns = 1000000;
	if (pthread_create(&t, NULL, take, NULL)) die("pthread_create");
	prctl(PR_SET_NAME, "sender"); pin(cpus - 2);
	return t;
}
/* By the page tables, not by a translation that this CPU may still hold. */
static uint64_t word(int memory, volatile uint64_t *p)
{
	uint64_t value = 0;
	if (pread(memory, &value, 8, (off_t)(uintptr_t)p) != 8) perror("/proc/self/mem");
	return value;
}
/*
 * While a madvise takes a range away whose first page the cache maps: as soon as that page is unmapped an event is sent. Lost: KVM says it
 * was sent, the madvise is not over, and the bit is not in the process's page. Then KVM wrote to a page that was taken away.
 */
static void gap(void)
{
	struct vm v;
	unsigned long lost = 0, own = 0, late = 0, rounds = 0;
	size_t bytes = 16 << 20;
	int memory = open("/proc/self/mem", O_RDONLY);
	uint64_t end = now() + seconds * 1e9;
	create(&v, 1);
	uint8_t *page = v.far;
	struct range *r = range(v.far, bytes);
	set_slot(&v, 1, SLOT1_GPA, bytes, v.far, 0);
	pthread_t t = start_taker(r);
	for (; now() < end; rounds++) {
		int port = 1 + rounds % 2000;
		unsigned char in = 1;
		touch(v.far, bytes);
		shared_info(&v, SLOT1_GPA / PAGE); send_event(&v, port);
		take_event(page, port);
		int go = ++taker.go;
		while (taker.done != go && !(mincore(page, PAGE, &in) == 0 && !(in & 1))) ;
		if (taker.done == go) { late++; continue; }
		int result = send_event(&v, port);
		int is_set = word(memory, pending(page, port)) >> port % 64 & 1;
		int is_over = taker.done == go;
		if (result >= 0 && is_set) own++;
		else if (result >= 0 && !is_over) lost++;
		while (taker.done != go) sched_yield();
	}
	taker.end = 1; pthread_join(t, NULL);
	printf("gap: %lu rounds, %lu too late, %lu events in the process's page\ntruth lost %lu\n", rounds, late, own, lost);
	destroy(&v);
}
/*
 * One madvise against each activation of a cache by host address. Stale: both are over, an event is sent, and its bit is not in the
 * process's page: the cache still holds the page that was freed.
 */
static void hva(int is_in_slot)
{
	struct vm v;
	unsigned long stale = 0, fresh = 0, rounds = 0;
	unsigned seed = 1;
	create(&v, 1);
	uint8_t *page = is_in_slot ? v.mem + (4 << 20) : v.far + (2 << 20), *other = page + (1 << 20);
	pthread_t t = start_taker(range(page, 2 * PAGE));
	taker.took_ns = 300000;
	for (uint64_t end = now() + seconds * 1e9; now() < end; rounds++) {
		int port = 1 + rounds % 2000;
		if (shared_info_hva(&v, other)) die("SHARED_INFO_HVA");
		page[8] = 1;
		taker.wait_ns = rand_r(&seed) % 300000;
		int go = ++taker.go;
		if (shared_info_hva(&v, page)) perror("SHARED_INFO_HVA");
		while (taker.done != go) sched_yield();
		page[8] = 1;
		take_event(page, port);
		if (send_event(&v, port) < 0) continue;
		if (*pending(page, port) >> port % 64 & 1) fresh++; else stale++;
	}
	taker.end = 1; pthread_join(t, NULL);
	printf("hva: %lu rounds, %lu events in the process's page\ntruth stale %lu\n", rounds, fresh, stale);
	destroy(&v);
}
static void hva_outside(void) { hva(0); }
static void hva_inside(void) { hva(1); }

static const struct { const char *name; void (*run)(void); int needs_xen; const char *purpose; } workloads[] = {
	{ "quiet", quiet, 1, "no invalidation of a cache's page: everything is clean" },
	{ "overlap", overlap, 1, "invalidations of the cache's own page while events are sent into it" },
	{ "unrelated", unrelated, 1, "invalidations elsewhere in the address space: false retries" },
	{ "storm", storm, 0, "everything at once: a small ring loses events" },
	{ "lifecycle", lifecycle, 1, "VMs, caches and memslots that come and go; refused events" },
	{ "two-vms", two_vms, 1, "the same addresses in two processes" },
	{ "one-mm", one_mm, 1, "two VMs in one address space" },
	{ "moves", moves, 1, "memslots that move under a cache" },
	{ "hva-outside", hva_outside, 1, "a cache by host address that no memslot covers: up to 7.2 a freed page may be accepted" },
	{ "hva-inside", hva_inside, 1, "the same in a memslot: never" },
	{ "gap", gap, 1, "an event that is sent while a madvise has unmapped its page" },
	{ "clock", clock_only, 0, "kvm-clock alone, for kernels without Xen's emulation" },
};

static void tell(void)
{
	printf("truth vms %lu\ntruth caches %lu\ntruth memslots %lu\ntruth activations %lu\n", did.vms, did.caches, did.memslots, did.activations);
	printf("truth activations_hva %lu\ntruth hvm_attrs %lu\ntruth vcpu_attrs %lu\n", did.activations_hva, did.hvm_attrs, did.vcpu_attrs);
	printf("truth sent %lu\ntruth refused %lu\n", did.sent, did.refused);
	for (int i = 0; i < range_count; i++)
		printf("truth dropped %p %p %lu\n", ranges[i].start, ranges[i].start + ranges[i].bytes, ranges[i].count * vms_of_mm);
	fflush(stdout);
}

int main(int count, char **words)
{
	struct sigaction wait_for_it = { .sa_sigaction = on_segv, .sa_flags = SA_SIGINFO };
	sigaction(SIGSEGV, &wait_for_it, NULL);
	if (count > 2) seconds = atof(words[2]);
	if (count > 1 && !strcmp(words[1], "list")) {
		for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) printf("%-12s %s\n", workloads[i].name, workloads[i].purpose);
		return 0;
	}
	for (size_t i = 0; count > 1 && i < sizeof workloads / sizeof *workloads; i++) {
		if (strcmp(words[1], workloads[i].name)) continue;
		kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
		if (kvm < 0) die("/dev/kvm");
		has_xen = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_XEN_HVM) > 0;
		if (workloads[i].needs_xen && !has_xen) { printf("this kernel's KVM has no Xen emulation\n"); return 3; }
		workloads[i].run();
		tell();
		return 0;
	}
	fprintf(stderr, "usage: workload NAME [SECONDS], or workload list\n");
	return 64;
}
