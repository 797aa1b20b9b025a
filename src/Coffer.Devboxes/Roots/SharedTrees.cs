using System.Runtime.ExceptionServices;
using Coffer.LocalFiles;
using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes.Roots;

/// <summary>Extracts an archive into a directory. Blocks; runs on a thread of its own.</summary>
/// <param name="into">The directory, which may hold files already where it is inside a devbox.</param>
/// <param name="owner">Whose the files become; null leaves them to this process.</param>
internal delegate TreeSize ExtractTree(RootedDirectory into, int? owner, CancellationToken cancellationToken);

/// <summary>A tree to attach.</summary>
/// <param name="IsShared">False when there was no room for it among the shared ones: then the caller keeps or discards
/// it.</param>
internal readonly record struct AcquiredTree(TreeFolder Folder, TreeSize Size, bool IsShared)
{
    private const long BlockBytes = 4096;

    /// <summary>What it takes on the disk, about: every file has a block of its own.</summary>
    public long OnDiskBytes => OnDisk(Size);

    public static long OnDisk(TreeSize size) => size.Bytes + BlockBytes * size.Files;
}

/// <summary>
/// Archives that devboxes share: each extracted once, never written again, gone with the last devbox that uses it.
/// </summary>
/// <remarks>
/// Before a tree has its name it has another one, so that nothing half extracted is ever found under it. Who asks for a tree
/// that is being extracted waits for it.
/// </remarks>
internal sealed class SharedTrees
{
    private const string StagedPrefix = ".new-";
    private readonly string _folder;
    private readonly long _maxBytes;
    private readonly ILogger _logger;
    private readonly Settling _settling;
    private readonly Removal _removal;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Held> _trees = [];
    private long _totalBytes;

    /// <param name="maxBytes">What all of them together may take on the disk.</param>
    public SharedTrees(string folder, long maxBytes, Settling settling, ILogger logger)
    {
        OwnerOnly.MakeFolder(folder);
        _folder = folder;
        _maxBytes = maxBytes;
        _logger = logger;
        _settling = settling;
        _removal = new Removal(folder, logger);
    }

    /// <summary>What they take on the disk, about.</summary>
    public long TotalBytes => Interlocked.Read(ref _totalBytes);

    /// <summary>Ends when what was released is unlinked.</summary>
    public Task Removed => _removal.Idle;

    /// <summary>Takes up what an earlier life of the server left. Comes first, and once.</summary>
    /// <param name="uses">Which devbox uses which tree.</param>
    /// <returns>How many trees were dropped, because nothing uses them or they are not whole.</returns>
    public int Recover(IEnumerable<(string Devbox, string Key)> uses)
    {
        Dictionary<string, HashSet<string>> users =
            uses.GroupBy(use => use.Key, use => use.Devbox).ToDictionary(use => use.Key, use => use.ToHashSet());
        int dropped = 0;
        foreach (string path in Directory.GetDirectories(_folder))
        {
            string key = Path.GetFileName(path);
            var tree = new TreeFolder(path);
            if (users.TryGetValue(key, out HashSet<string>? devboxes) && tree.WholeSize() is { } size)
            {
                _trees.Add(key, new Held { Tree = new AcquiredTree(tree, size, IsShared: true), Devboxes = devboxes });
                _totalBytes += AcquiredTree.OnDisk(size);
                if (!tree.IsSettled) tree.SettleLater(_settling);
            }
            else
            {
                dropped++;
                _removal.Later(path);
            }
        }

        return dropped;
    }

    /// <summary>The tree of this name when it is there.</summary>
    public TreeFolder? Find(string key)
    {
        lock (_gate) return _trees.GetValueOrDefault(key)?.Tree?.Folder;
    }

    /// <summary>Has the tree extracted unless it is there, and keeps it until the devbox releases it.</summary>
    /// <param name="atLeastBytes">Its size, as far as it is known before.</param>
    /// <returns>Null when a tree of that size has no room among them, which is all that was found out.</returns>
    /// <exception cref="Exception">What the extraction throws, also when another caller ran it.</exception>
    public async Task<AcquiredTree?> AcquireAsync(
        SharedTreeKey key, string devbox, long atLeastBytes, ExtractTree extract, CancellationToken cancellationToken)
    {
        while (true)
        {
            Held? others;
            var own = new Held();
            lock (_gate)
            {
                if (_trees.TryGetValue(key.Value, out others))
                {
                    if (others.Tree is { } there)
                    {
                        others.Devboxes.Add(devbox);
                        return there;
                    }
                }
                else if (_totalBytes + atLeastBytes > _maxBytes)
                {
                    return null;
                }
                else
                {
                    _trees.Add(key.Value, own);
                }
            }

            if (others is null)
            {
                return await Task.Factory.StartNew(
                    () => Extract(key, own, devbox, extract, cancellationToken),
                    CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            if (await others.Extracted.Task.WaitAsync(cancellationToken) is { } failure) ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>The devbox uses none of them any more.</summary>
    public void Release(string devbox)
    {
        lock (_gate)
        {
            foreach ((string key, Held held) in _trees)
            {
                if (held.Tree is not { } tree || !held.Devboxes.Remove(devbox) || held.Devboxes.Count > 0) continue;
                _trees.Remove(key); // allowed while the dictionary is walked
                _totalBytes -= tree.OnDiskBytes;
                _removal.Later(tree.Folder.Path);
                Log.TreeReleased(_logger, key);
            }
        }
    }

    /// <summary>Throws a tree away that is not shared.</summary>
    public void Discard(AcquiredTree tree) => _removal.Later(tree.Folder.Path);

    private AcquiredTree Extract(
        SharedTreeKey key, Held own, string devbox, ExtractTree extract, CancellationToken cancellationToken)
    {
        string staged = Path.Combine(_folder, $"{StagedPrefix}{Guid.NewGuid():N}");
        Exception? failure = null;
        try
        {
            TreeFolder begun = TreeFolder.Begin(staged);
            TreeSize size;
            using (RootedDirectory into = RootedDirectory.Open(begun.Tree)) size = extract(into, null, cancellationToken);
            begun.Finish(size);
            return TryShare(key, own, devbox, begun, size) ?? new AcquiredTree(begun, size, IsShared: false);
        }
        catch (Exception failed)
        {
            // Who waited fails for the same reason, unless it was this caller alone who gave up.
            failure = failed is OperationCanceledException ? null : failed;
            _removal.Later(staged);
            throw;
        }
        finally
        {
            lock (_gate)
            {
                if (own.Tree is null) _trees.Remove(key.Value);
            }

            own.Extracted.SetResult(failure);
        }
    }

    /// <summary>Gives a whole tree its name. Null when there is no room for it after all.</summary>
    private AcquiredTree? TryShare(SharedTreeKey key, Held own, string devbox, TreeFolder staged, TreeSize size)
    {
        lock (_gate)
        {
            if (_totalBytes + AcquiredTree.OnDisk(size) > _maxBytes) return null;
            var named = new TreeFolder(Path.Combine(_folder, key.Value));
            Directory.Move(staged.Path, named.Path);
            own.Tree = new AcquiredTree(named, size, IsShared: true);
            own.Devboxes.Add(devbox);
            _totalBytes += AcquiredTree.OnDisk(size);
            named.SettleLater(_settling);
            Log.TreeShared(_logger, key.Value, size.Bytes, size.Files);
            return own.Tree;
        }
    }

    /// <summary>A tree, or the promise of one.</summary>
    private sealed class Held
    {
        /// <summary>Null until it is extracted.</summary>
        public AcquiredTree? Tree { get; set; }

        public HashSet<string> Devboxes { get; init; } = [];

        /// <summary>Ends with the extraction: with null when there may be a tree now, else with what went wrong.</summary>
        public TaskCompletionSource<Exception?> Extracted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
