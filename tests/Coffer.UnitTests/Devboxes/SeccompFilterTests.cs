using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Coffer.Devboxes.Execution;

namespace Coffer.UnitTests.Devboxes;

/// <summary>The program is run here as the kernel runs it.</summary>
public sealed class SeccompFilterTests
{
    private const uint X64 = 0xC000_003E;
    private const uint Arm64 = 0xC000_00B7;
    private const uint I386 = 0x4000_0003;
    private const uint Allow = 0x7FFF_0000;
    private const uint Kill = 0x8000_0000;
    private const uint NotPermitted = 0x0005_0001;
    private const uint NotThere = 0x0005_0026;
    private const uint NoSuchFamily = 0x0005_0061;
    private const uint NewUser = 0x1000_0000;

    [Theory]
    [InlineData(X64, 0u, Allow), InlineData(X64, 59u, Allow), InlineData(X64, 439u, Allow)] // read, execve, faccessat2
    [InlineData(X64, 165u, NotPermitted), InlineData(X64, 272u, NotPermitted), InlineData(X64, 308u, NotPermitted)] // mount, unshare, setns
    [InlineData(X64, 101u, NotPermitted), InlineData(X64, 321u, NotPermitted), InlineData(X64, 250u, NotPermitted)] // ptrace, bpf, keyctl
    [InlineData(X64, 425u, NotPermitted), InlineData(X64, 298u, NotPermitted), InlineData(X64, 323u, NotPermitted)] // io_uring, perf, userfaultfd
    [InlineData(X64, 246u, NotPermitted), InlineData(X64, 313u, NotPermitted), InlineData(X64, 428u, NotPermitted)] // kexec, modules, open_tree
    [InlineData(X64, 435u, NotThere)] // clone3: libraries go back to clone
    [InlineData(X64, 0x4000_0000u, Kill), InlineData(X64, 0x4000_00A5u, Kill), InlineData(X64, uint.MaxValue, Kill)] // x32
    [InlineData(I386, 21u, Kill), InlineData(Arm64, 40u, Kill)] // other numbers, hence other calls
    public void Calls_of_x86_64(uint architecture, uint number, uint expected) =>
        Assert.Equal(expected, Run(Architecture.X64, architecture, number));

    [Theory]
    [InlineData(Arm64, 63u, Allow), InlineData(Arm64, 221u, Allow), InlineData(Arm64, 40u, NotPermitted), InlineData(Arm64, 97u, NotPermitted)]
    [InlineData(Arm64, 117u, NotPermitted), InlineData(Arm64, 280u, NotPermitted), InlineData(Arm64, 435u, NotThere), InlineData(X64, 165u, Kill)]
    public void Calls_of_aarch64(uint architecture, uint number, uint expected) =>
        Assert.Equal(expected, Run(Architecture.Arm64, architecture, number));

    [Theory]
    [InlineData(17ul, Allow), InlineData(0x003D_0F00ul, Allow)] // fork, and pthread_create
    [InlineData(NewUser | 17ul, NotPermitted), InlineData(0x0002_0000ul, NotPermitted), InlineData(0x4000_0000ul, NotPermitted)]
    public void A_clone_makes_threads_and_processes_but_no_namespaces(ulong flags, uint expected)
    {
        Assert.Equal(expected, Run(Architecture.X64, X64, 56, flags));
        Assert.Equal(expected, Run(Architecture.Arm64, Arm64, 220, flags));
    }

    [Theory]
    [InlineData(1ul, Allow), InlineData(2ul, Allow), InlineData(10ul, Allow), InlineData(16ul, Allow)]
    [InlineData(40ul, NoSuchFamily), InlineData(17ul, NoSuchFamily), InlineData(38ul, NoSuchFamily)] // vsock, packet, alg
    public void Sockets_are_of_families_that_the_network_namespace_holds(ulong family, uint expected)
    {
        Assert.Equal(expected, Run(Architecture.X64, X64, 41, family));
        Assert.Equal(expected, Run(Architecture.X64, X64, 53, family));
        Assert.Equal(expected, Run(Architecture.Arm64, Arm64, 198, family));
    }

    [Theory]
    [InlineData(0x5401ul, Allow), InlineData(0x5412ul, NotPermitted), InlineData(0xFFFF_FFFF_0000_5412ul, NotPermitted)] // the kernel reads 32 bits
    public void Nothing_is_typed_into_terminals(ulong request, uint expected) =>
        Assert.Equal(expected, Run(Architecture.X64, X64, 16, 0, request));

    [Fact]
    public void Memory_of_no_process_is_refused_where_nobody_counts_it()
    {
        Assert.Equal(NotPermitted, Run(Architecture.X64, X64, 319));
        Assert.Equal(Allow, Run(SeccompFilter.Build(SystemCalls.Of(Architecture.X64)!, countsAllMemory: true), X64, 319, 0, 0));
    }

    [Fact]
    public void A_processor_whose_numbers_are_not_known_has_no_filter() => Assert.Null(SystemCalls.Of(Architecture.S390x));

    private static uint Run(Architecture processor, uint architecture, uint number, ulong first = 0, ulong second = 0) =>
        Run(SeccompFilter.Build(SystemCalls.Of(processor)!, countsAllMemory: false), architecture, number, first, second);

    private static uint Run(byte[] program, uint architecture, uint number, ulong first, ulong second)
    {
        byte[] data = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(4), architecture);
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(16), first);
        BinaryPrimitives.WriteUInt64LittleEndian(data.AsSpan(24), second);
        uint accumulator = 0;
        for (int at = 0; ; at++)
        {
            ReadOnlySpan<byte> step = program.AsSpan(at * 8, 8);
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(step[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(step))
            {
                case 0x20: accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data.AsSpan((int)value)); break;
                case 0x15: at += accumulator == value ? step[2] : step[3]; break;
                case 0x35: at += accumulator >= value ? step[2] : step[3]; break;
                case 0x45: at += (accumulator & value) != 0 ? step[2] : step[3]; break;
                case 0x06: return value;
                default: throw new InvalidDataException($"instruction {at} is none");
            }
        }
    }
}
