using System.Runtime.InteropServices;

namespace Coffer.Devboxes.Execution;

/// <summary>Numbers of the system calls that the filter knows, by processor. From the kernel's own tables.</summary>
internal sealed class SystemCalls
{
    /// <summary>The same on every processor.</summary>
    public const uint Clone3 = 435;

    private const uint None = uint.MaxValue;

    /// <summary>Name, number on x86-64, number on aarch64. Newer calls have the same number everywhere.</summary>
    private static readonly (string Name, uint X64, uint Arm64)[] Refused =
    [
        // Another view of the file system.
        ("mount", 165, 40), ("umount2", 166, 39), ("pivot_root", 155, 41), ("chroot", 161, 51), ("open_tree", 428, 428),
        ("move_mount", 429, 429), ("fsopen", 430, 430), ("fsconfig", 431, 431), ("fsmount", 432, 432), ("fspick", 433, 433),
        ("mount_setattr", 442, 442), ("statmount", 457, 457), ("listmount", 458, 458), ("open_tree_attr", 467, 467),
        ("name_to_handle_at", 303, 264), ("open_by_handle_at", 304, 265), ("quotactl", 179, 60), ("quotactl_fd", 443, 443),
        ("fanotify_init", 300, 262), ("fanotify_mark", 301, 263), ("lookup_dcookie", 212, 18), ("nfsservctl", 180, 42),

        // Another namespace, in which the caller would be somebody.
        ("unshare", 272, 97), ("setns", 308, 268),

        // Into other processes.
        ("ptrace", 101, 117), ("process_vm_readv", 310, 270), ("process_vm_writev", 311, 271), ("kcmp", 312, 272), ("pidfd_getfd", 438, 438),

        // Large parts of the kernel that a command does not need, and that were ways out of sandboxes before.
        ("bpf", 321, 280), ("add_key", 248, 217), ("request_key", 249, 218), ("keyctl", 250, 219), ("io_uring_setup", 425, 425),
        ("io_uring_enter", 426, 426), ("io_uring_register", 427, 427), ("perf_event_open", 298, 241), ("userfaultfd", 323, 282),
        ("memfd_secret", 447, 447), ("modify_ldt", 154, None), ("uselib", 134, None), ("_sysctl", 156, None),

        // The machine.
        ("kexec_load", 246, 104), ("kexec_file_load", 320, 294), ("init_module", 175, 105), ("finit_module", 313, 273),
        ("delete_module", 176, 106), ("create_module", 174, None), ("get_kernel_syms", 177, None), ("query_module", 178, None),
        ("swapon", 167, 224), ("swapoff", 168, 225), ("reboot", 169, 142), ("acct", 163, 89), ("settimeofday", 164, 170),
        ("clock_settime", 227, 112), ("clock_adjtime", 305, 266), ("adjtimex", 159, 171), ("sethostname", 170, 161),
        ("setdomainname", 171, 162), ("iopl", 172, None), ("ioperm", 173, None), ("vhangup", 153, 58), ("syslog", 103, 116),
    ];

    /// <summary>Memory that belongs to no process, so that who samples processes does not see it.</summary>
    private static readonly (string Name, uint X64, uint Arm64)[] UncountedMemory =
        [("memfd_create", 319, 279), ("shmget", 29, 194), ("msgget", 68, 186)];

    /// <summary>As in the kernel's audit.h.</summary>
    public required uint AuditArchitecture { get; init; }

    /// <summary>Numbers from here on belong to another way of calling (x32); null where there is none.</summary>
    public uint? ForeignFrom { get; init; }

    public required uint Clone { get; init; }

    public required uint Prctl { get; init; }

    public required uint Socket { get; init; }

    public required uint SocketPair { get; init; }

    public required uint Ioctl { get; init; }

    public required IReadOnlyList<uint> Denied { get; init; }

    public required IReadOnlyList<uint> Uncounted { get; init; }

    /// <returns>Null for a processor whose numbers are not known.</returns>
    public static SystemCalls? Of(Architecture processor) => processor switch
    {
        Architecture.X64 => new()
        {
            AuditArchitecture = 0xC000_003E,
            ForeignFrom = 0x4000_0000,
            Clone = 56,
            Prctl = 157,
            Socket = 41,
            SocketPair = 53,
            Ioctl = 16,
            Denied = [.. Refused.Select(call => call.X64)],
            Uncounted = [.. UncountedMemory.Select(call => call.X64)],
        },
        Architecture.Arm64 => new()
        {
            AuditArchitecture = 0xC000_00B7,
            Clone = 220,
            Prctl = 167,
            Socket = 198,
            SocketPair = 199,
            Ioctl = 29,
            Denied = [.. Refused.Select(call => call.Arm64).Where(number => number != None)],
            Uncounted = [.. UncountedMemory.Select(call => call.Arm64)],
        },
        _ => null,
    };
}
