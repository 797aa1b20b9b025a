using Coffer.LocalFiles;
using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes.Roots;

/// <summary>Unlinks folders of many files one after another, so that no answer waits for it.</summary>
internal sealed class Removal(string parent, ILogger logger)
{
    /// <summary>Begins the name of what waits to be unlinked.</summary>
    public const string Prefix = ".gone-";

    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Ends when all is unlinked that was given so far.</summary>
    public Task Idle
    {
        get
        {
            lock (_gate) return _running;
        }
    }

    /// <summary>Gives the name of a folder free at once, and its room later.</summary>
    /// <param name="folder">In the parent, or on its file system.</param>
    public void Later(string folder)
    {
        string name = $"{Prefix}{Guid.NewGuid():N}";
        try
        {
            Directory.Move(folder, Path.Combine(parent, name));
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        lock (_gate)
        {
            _running = _running.ContinueWith(
                _ => Remove(name), CancellationToken.None, TaskContinuationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Remove(string name)
    {
        try
        {
            using RootedDirectory opened = RootedDirectory.Open(parent);
            opened.RemoveTree(name);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Log.NotRemoved(logger, Path.Combine(parent, name), refused);
        }
    }
}
