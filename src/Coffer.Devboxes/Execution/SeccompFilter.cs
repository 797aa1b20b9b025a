using System.Buffers.Binary;

namespace Coffer.Devboxes.Execution;

/// <summary>The program by which the kernel refuses system calls that a command in a devbox has no need of.</summary>
/// <remarks>
/// Classic BPF over <c>struct seccomp_data</c>, little-endian as both processors run Linux: number at 0, architecture at 4, the low
/// half of argument n at 16 + 8n. A refusal is an error number that programs know, because libraries try what is new and fall back.
/// A call by another architecture's numbers ends the process: its numbers mean other calls.
/// </remarks>
internal static class SeccompFilter
{
    private const int InstructionBytes = 8;
    private const uint Allow = 0x7FFF_0000;
    private const uint KillProcess = 0x8000_0000;
    private const uint Refuse = 0x0005_0000;
    private const uint NotPermitted = 1; // EPERM
    private const uint NotThere = 38; // ENOSYS
    private const uint NoSuchFamily = 97; // EAFNOSUPPORT

    private const ushort Load = 0x20;
    private const ushort IfEqual = 0x15;
    private const ushort IfAtLeast = 0x35;
    private const ushort IfAnyBit = 0x45;
    private const ushort Return = 0x06;

    private const uint Number = 0;
    private const uint Architecture = 4;
    private const uint FirstArgument = 16;
    private const uint SecondArgument = 24;

    /// <summary>CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.</summary>
    private const uint NamespaceFlags = 0x7E02_0000;

    /// <summary>Unix, IPv4, IPv6, netlink. The others reach devices or, like vsock, leave the network namespace.</summary>
    private static readonly uint[] Families = [1, 2, 10, 16];

    /// <summary>PR_SET_PDEATHSIG: a sandbox whose first process takes that back would outlive its server.</summary>
    private const uint SetParentDeathSignal = 1;

    /// <summary>TIOCSTI and TIOCLINUX type into a terminal that the caller shares with others.</summary>
    private static readonly uint[] TypingRequests = [0x5412, 0x541C];

    /// <param name="countsAllMemory">Whether memory without a process is counted, so that it need not be refused.</param>
    public static byte[] Build(SystemCalls calls, bool countsAllMemory)
    {
        List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program =
        [
            (Load, 0, 0, Architecture),
            (IfEqual, 1, 0, calls.AuditArchitecture),
            (Return, 0, 0, KillProcess),
            (Load, 0, 0, Number),
        ];
        if (calls.ForeignFrom is { } foreign)
        {
            program.AddRange([(IfAtLeast, 0, 1, foreign), (Return, 0, 0, KillProcess)]);
        }

        foreach (uint number in countsAllMemory ? calls.Denied : calls.Denied.Concat(calls.Uncounted))
        {
            program.AddRange([(IfEqual, 0, 1, number), (Return, 0, 0, Refuse | NotPermitted)]);
        }

        // Its flags are in memory, where a filter cannot look; without it libraries use clone.
        program.AddRange([(IfEqual, 0, 1, SystemCalls.Clone3), (Return, 0, 0, Refuse | NotThere)]);
        program.AddRange(
        [
            (IfEqual, 0, 4, calls.Clone),
            (Load, 0, 0, FirstArgument),
            (IfAnyBit, 0, 1, NamespaceFlags),
            (Return, 0, 0, Refuse | NotPermitted),
            (Return, 0, 0, Allow),
        ]);
        AddChoice(program, calls.Socket, FirstArgument, Families, Allow, Refuse | NoSuchFamily);
        AddChoice(program, calls.SocketPair, FirstArgument, Families, Allow, Refuse | NoSuchFamily);
        AddChoice(program, calls.Ioctl, SecondArgument, TypingRequests, Refuse | NotPermitted, Allow);
        AddChoice(program, calls.Prctl, FirstArgument, [SetParentDeathSignal], Refuse | NotPermitted, Allow);
        program.Add((Return, 0, 0, Allow));
        return Encode(program);
    }

    private static void AddChoice(
        List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program, uint number, uint argument, uint[] values, uint listed, uint other)
    {
        program.AddRange([(IfEqual, 0, (byte)((2 * values.Length) + 2), number), (Load, 0, 0, argument)]);
        foreach (uint value in values)
        {
            program.AddRange([(IfEqual, 0, 1, value), (Return, 0, 0, listed)]);
        }

        program.Add((Return, 0, 0, other));
    }

    private static byte[] Encode(List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> program)
    {
        byte[] bytes = new byte[program.Count * InstructionBytes];
        for (int i = 0; i < program.Count; i++)
        {
            Span<byte> at = bytes.AsSpan(i * InstructionBytes, InstructionBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(at, program[i].Code);
            at[2] = program[i].IfTrue;
            at[3] = program[i].IfFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], program[i].Value);
        }

        return bytes;
    }
}
