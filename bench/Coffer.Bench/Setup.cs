namespace Coffer.Bench;

/// <summary>Where things are, and how long a round takes.</summary>
/// <param name="CofferProgram">The published <c>coffer</c>.</param>
/// <param name="Data">Folder for everything that is measured; large data in it is kept between runs.</param>
/// <param name="IsTrial">Small and short, to try the harness; its figures are no measurement.</param>
internal sealed record Setup(string CofferProgram, string Data, bool IsTrial)
{
    /// <summary>Connections and writers, everywhere.</summary>
    public const int Connections = 16;

    public int Rounds => IsTrial ? 2 : 5;

    public TimeSpan WarmUp => TimeSpan.FromSeconds(IsTrial ? 1 : 10);

    public TimeSpan Round => TimeSpan.FromSeconds(IsTrial ? 1 : 5);

    public int Objects => IsTrial ? 500 : 10_000;

    public int ManyObjects => IsTrial ? 20_000 : 1_000_000;

    public long LargeBytes => IsTrial ? 256L << 20 : 4L << 30;

    public long ResumedBytes => IsTrial ? 100L << 20 : 500L << 20;

    /// <summary>Files of the archive that devboxes mount; 20,000 of them make a .tgz of about 1 GiB.</summary>
    public int ArchivedFiles => IsTrial ? 500 : 20_000;

    public int DevboxLives => IsTrial ? 20 : 200;

    public string Folder(params string[] names)
    {
        string folder = Path.Combine([Data, IsTrial ? "trial" : "full", .. names]);
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>A folder without what an earlier run left in it.</summary>
    public string FreshFolder(params string[] names)
    {
        string folder = Folder(names);
        Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        return folder;
    }
}
