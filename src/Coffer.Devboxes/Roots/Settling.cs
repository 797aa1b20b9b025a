using Coffer.LocalFiles;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>Makes large trees durable after the answer, and marks those that are.</summary>
/// <remarks>
/// Without a mark a tree counts for as long as the machine runs: a killed server loses nothing that was written. After a power
/// cut it does not count, because nobody knows which of its bytes arrived.
/// </remarks>
internal sealed class Settling(ILogger logger)
{
    private readonly Lock _gate = new();
    private List<Mark> _waiting = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Ends when nothing waits any more.</summary>
    public Task Idle
    {
        get
        {
            lock (_gate) return _running;
        }
    }

    /// <summary>Makes an empty file once everything is durable that lies on its file system now.</summary>
    /// <param name="folder">Meant is this very folder: a later one of the same name gets nothing.</param>
    public void Later(string folder, string name)
    {
        SafeFileHandle opened;
        try
        {
            opened = FileCalls.Open(folder);
        }
        catch (IOException)
        {
            return; // its devbox is gone
        }

        lock (_gate)
        {
            _waiting.Add(new Mark(opened, name));
            if (_waiting.Count == 1 && _running.IsCompleted)
            {
                _running = Task.Factory.StartNew(
                    Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
    }

    private void Run()
    {
        while (Next() is { } marks)
        {
            try
            {
                FileCalls.SyncFileSystem(marks[0].Folder);
                foreach (Mark mark in marks) TryMake(mark);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                Log.NotSettled(logger, failed);
            }
            finally
            {
                foreach (Mark mark in marks) mark.Folder.Dispose();
            }
        }
    }

    private void TryMake(Mark mark)
    {
        try
        {
            if (FileCalls.StatIn(mark.Folder, mark.Name) is not null) return;
            using (SafeFileHandle made = FileCalls.CreateIn(mark.Folder, mark.Name)) FileSync.Flush(made);
            FileSync.Flush(mark.Folder);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // A folder that was removed meanwhile takes no files and needs none.
            if (FileCalls.StatIn(mark.Folder, "") is { Names: > 0 }) Log.NotSettled(logger, failed);
        }
    }

    /// <summary>Null ends the task, under the same lock by which the next one starts.</summary>
    private List<Mark>? Next()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _running = Task.CompletedTask;
                return null;
            }

            List<Mark> marks = _waiting;
            _waiting = [];
            return marks;
        }
    }

    private readonly record struct Mark(SafeFileHandle Folder, string Name);
}
