using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;

namespace Coffer.DurabilityTests.Shim;

/// <summary>The page shared with the process under test: <c>struct control</c> in powercut.c.</summary>
internal sealed class ControlPage : IDisposable
{
    private const int SizeBytes = 4096;
    private const int PathAt = 17 * sizeof(long);
    private const int PathBytes = 128;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public ControlPage(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, mapName: null, SizeBytes);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Places of the values, each a signed 64-bit number.</summary>
    private enum Field
    {
        ClockOffset, Plan, CutAt, FaultKinds, FaultFirst, FaultLast, FaultErrno, FaultHalf, Counts, FaultsDelivered = Counts + 6,
        SyncDelay, Lies,
    }

    public long ClockOffsetMilliseconds
    {
        get => Read(Field.ClockOffset);
        set => Write(Field.ClockOffset, value);
    }

    public long SyncDelayMicroseconds
    {
        get => Read(Field.SyncDelay);
        set => Write(Field.SyncDelay, value);
    }

    public LyingSyncs Lies
    {
        get => (LyingSyncs)Read(Field.Lies);
        set => Write(Field.Lies, (long)value);
    }

    public long FaultsDelivered => Read(Field.FaultsDelivered);

    public DiskCounts Counts => new(
        Read(Field.Counts), Read(Field.Counts + 1), Read(Field.Counts + 2), Read(Field.Counts + 3), Read(Field.Counts + 4),
        Read(Field.Counts + 5));

    /// <summary>Replaces the plan; the process counts from its next operation on.</summary>
    public void SetPlan(long cutAt, FaultPlan? fault)
    {
        Write(Field.FaultKinds, 0); // no half-written plan may match
        Write(Field.CutAt, cutAt);
        Write(Field.FaultFirst, fault?.At ?? 0);
        Write(Field.FaultLast, fault?.Last ?? 0);
        Write(Field.FaultErrno, (long)(fault?.Error ?? DiskError.None));
        Write(Field.FaultHalf, fault?.HalfWritten == true ? 1 : 0);
        byte[] path = new byte[PathBytes];
        Encoding.UTF8.GetBytes(fault?.PathContains ?? "", path.AsSpan(0, PathBytes - 1));
        _view.WriteArray(PathAt, path, 0, PathBytes);
        Write(Field.Plan, Read(Field.Plan) + 1);
        Write(Field.FaultKinds, (long)(fault?.Of ?? DiskOperations.None));
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    private long Read(Field field) => _view.ReadInt64((int)field * sizeof(long));

    private void Write(Field field, long value)
    {
        _view.Write((int)field * sizeof(long), value);
        Thread.MemoryBarrier();
    }
}

/// <summary>Operations below the root since the disk was made, failed ones included; all processes together.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DiskCounts(long Writes, long Resizes, long Syncs, long Renames, long Creates, long Removes)
{
    public long Total => Writes + Resizes + Syncs + Renames + Creates + Removes;
}
