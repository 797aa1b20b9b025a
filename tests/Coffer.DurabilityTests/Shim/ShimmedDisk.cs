using System.Diagnostics;
using Coffer.DurabilityTests.Disk;

namespace Coffer.DurabilityTests.Shim;

/// <summary>
/// A directory that plays a disk. A process started with <see cref="Attach"/> has each of its changes below
/// <see cref="Root"/> counted and journaled, can be refused one, and can lose its power at one.
/// </summary>
/// <remarks>
/// A journal belongs to one process: before the next one comes <see cref="LosePower"/>. Where a process is only killed and
/// started again, its operations are not journaled, or go on in the journal of the one before it. A process that stays while
/// the disk loses its power or is cleared begins a new one.
/// </remarks>
internal sealed class ShimmedDisk : IDisposable
{
    private readonly string _library = NativeShim.Library;
    private readonly ScratchFolder _folder = new();
    private readonly ControlPage _control;

    /// <summary>Makes an empty disk; skips the running test where the shim cannot be built.</summary>
    public ShimmedDisk()
    {
        Root = Directory.CreateDirectory(Path.Combine(_folder.Path, "root")).FullName;
        _control = new ControlPage(Path.Combine(_folder.Path, "control"));
        Clock = new ShimClock(_control);
    }

    /// <summary>What is on the disk. Put the data folder below it, so that making the folder is watched as well.</summary>
    public string Root { get; }

    /// <summary>The wall clock of the attached process.</summary>
    public ShimClock Clock { get; }

    /// <summary>What each sync takes longer than it does; zero at first. With it, group commits have time to collect.</summary>
    public TimeSpan SyncDelay
    {
        get => TimeSpan.FromMicroseconds(_control.SyncDelayMicroseconds);
        set => _control.SyncDelayMicroseconds = (long)value.TotalMicroseconds;
    }

    /// <summary>Syncs that are answered and not done from now on.</summary>
    public LyingSyncs Lies
    {
        get => _control.Lies;
        set => _control.Lies = value;
    }

    /// <summary>Operations counted so far, readable while the process runs.</summary>
    public DiskCounts Counts => _control.Counts;

    /// <summary>How many operations the fault plans have made fail so far.</summary>
    public long FaultsDelivered => _control.FaultsDelivered;

    private string JournalPath => Path.Combine(_folder.Path, "journal");

    /// <summary>Puts a process that is about to start on this disk.</summary>
    /// <param name="journaled">
    /// False where only counts, faults and the clock are wanted: the journal holds every byte written.
    /// </param>
    /// <param name="continued">True for a process that finds what the last one left in the page cache.</param>
    public void Attach(ProcessStartInfo start, bool journaled = true, bool continued = false)
    {
        start.Environment["LD_PRELOAD"] = _library;
        start.Environment["COFFER_SHIM_ROOT"] = Root;
        start.Environment["COFFER_SHIM_CONTROL"] = Path.Combine(_folder.Path, "control");
        if (journaled) start.Environment["COFFER_SHIM_JOURNAL"] = JournalPath;
        if (continued) start.Environment["COFFER_SHIM_CONTINUE"] = "1";
    }

    /// <summary>The process is killed at its <paramref name="operation"/>-th operation from now on, before its effect.</summary>
    public void CutPowerAt(long operation) => _control.SetPlan(operation, fault: null);

    /// <summary>Operations fail by the plan, in place of an earlier plan.</summary>
    public void Fail(FaultPlan plan) => _control.SetPlan(cutAt: 0, plan);

    /// <summary>Nothing fails and nothing is cut from now on.</summary>
    public void Heal() => _control.SetPlan(cutAt: 0, fault: null);

    /// <summary>All that was recorded since the disk was made or last lost its power.</summary>
    public Journal ReadJournal() => Journal.Read(JournalPath);

    /// <summary>
    /// Puts below the root what a disk could hold after a power cut, and starts a new journal. The process must be gone.
    /// </summary>
    public void LosePower(Unsynced unsynced)
    {
        Journal journal = ReadJournal();
        Heal();
        if (!journal.HasBase)
        {
            File.Delete(JournalPath); // the process was gone before its first change: the disk is as it was
            return;
        }

        Directory.Delete(Root, recursive: true);
        journal.ImageAt(journal.Entries.Count).WriteTo(Root, unsynced);
        File.Delete(JournalPath);
    }

    /// <summary>Makes it empty, with nothing recorded and nothing to fail. Nobody may use it meanwhile.</summary>
    public void Clear()
    {
        Heal();
        Directory.Delete(Root, recursive: true);
        Directory.CreateDirectory(Root);
        File.Delete(JournalPath);
    }

    public void Dispose()
    {
        _control.Dispose();
        _folder.Dispose();
    }
}
