namespace Coffer.Client;

/// <summary>One upload in pieces, over breaks of the connection and ends of the process.</summary>
/// <remarks>Source: TUS 1.0.0. One piece at a time; after a failure the server is asked how far it got.</remarks>
internal sealed class ResumableUpload(
    StorageCalls calls, TusRequests requests, ChunkReader content, ResumeEntry entry, ResumableUploadOptions options)
{
    private readonly int _maxRetries = options.Request?.MaxRetries ?? calls.Transport.Settings.MaxRetries;

    /// <summary>Whether the server knows the size of the whole.</summary>
    private bool _isLengthSaid;

    /// <summary>Whether a piece is to be sent although no bytes are left, because only a piece says that a file may be replaced.</summary>
    private bool _needsPiece;

    public async ValueTask RunAsync(bool async, CancellationToken cancellationToken)
    {
        (string id, long offset) = await FindAsync(async, cancellationToken).ConfigureAwait(false)
            ?? await CreateAsync(async, cancellationToken).ConfigureAwait(false);
        options.Progress?.Report(new(offset, content.Length));
        try
        {
            await SendAsync(async, id, offset, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is FileChangedException || (failure is StorageException refused && IsGone(refused)))
        {
            await entry.ForgetAsync(async, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        await entry.ForgetAsync(async, CancellationToken.None).ConfigureAwait(false); // the file is there, cancelled or not
    }

    private async ValueTask<(string Id, long Offset)?> FindAsync(bool async, CancellationToken cancellationToken)
    {
        if (content.Length is not { } length
            || await entry.FindAsync(async, cancellationToken).ConfigureAwait(false) is not { } id)
        {
            return null;
        }

        TusAnswer answer;
        try
        {
            answer = await HeadAsync(async, requests.Find(id), cancellationToken).ConfigureAwait(false);
        }
        catch (StorageException refused) when (IsGone(refused))
        {
            await entry.ForgetAsync(async, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (StorageException refused) when (IsConflict(refused) && options is { Upsert: true, SignedUploadToken: null })
        {
            (_isLengthSaid, _needsPiece) = (true, true); // every byte is there, and only the key was taken
            return (id, length);
        }
        catch (StorageException refused) when (IsOfWhatWasSaid(refused))
        {
            return null; // beginning anew says why, or says something else; until it has begun this one stays
        }

        if (answer.Length != length || answer.Offset is not { } offset || offset > length)
        {
            await entry.ForgetAsync(async, cancellationToken).ConfigureAwait(false); // another upload
            return null;
        }

        if (offset == length && !await IsFileThereAsync(async, length, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        _isLengthSaid = true;
        return (id, offset);
    }

    /// <summary>
    /// Whether the file of an upload that was finished before this call is still there, as far as its size tells. Where that is not
    /// to be learned the answer is no: sending the bytes again is better than a success without a file.
    /// </summary>
    private async ValueTask<bool> IsFileThereAsync(bool async, long length, CancellationToken cancellationToken)
    {
        try
        {
            StorageFileInfo file = await calls.SendAsync(
                async, requests.Info(), CofferJson.Default.StorageFileInfo, cancellationToken).ConfigureAwait(false);
            return file.SizeBytes == length;
        }
        catch (StorageException refused) when (!refused.IsTransient)
        {
            return false;
        }
    }

    private async ValueTask<(string Id, long Offset)> CreateAsync(bool async, CancellationToken cancellationToken)
    {
        _isLengthSaid = content.Length is not null;
        ApiRequest create = requests.Create(content.Length);
        string id = (await HeadAsync(async, create, cancellationToken).ConfigureAwait(false)).UploadId
            ?? throw new CofferException($"{create.What}: the server does not say where the upload goes on.");
        await entry.KeepAsync(async, id, cancellationToken).ConfigureAwait(false);
        return (id, 0);
    }

    private async ValueTask SendAsync(bool async, string id, long offset, CancellationToken cancellationToken)
    {
        for (int failed = 0; _needsPiece || !_isLengthSaid || offset < content.Length;)
        {
            UploadSource chunk = await content.ReadAsync(async, offset, cancellationToken).ConfigureAwait(false);
            CofferException failure;
            try
            {
                offset = await AppendAsync(async, id, offset, chunk, cancellationToken).ConfigureAwait(false);
                _isLengthSaid |= content.Length is not null;
                _needsPiece = false;
                failed = 0;
                continue;
            }
            catch (CofferException error) when ((error.IsTransient || IsConflict(error)) && failed < _maxRetries)
            {
                failure = error;
                failed++;
            }

            await calls.Transport.Retrier.PauseAsync(async, Retrier.DelayAfter(failure, failed), cancellationToken)
                .ConfigureAwait(false);
            TusAnswer state;
            try
            {
                state = await HeadAsync(async, requests.Find(id), cancellationToken).ConfigureAwait(false);
            }
            catch (StorageException refused) when (IsConflict(refused) && IsConflict(failure))
            {
                throw failure; // the same, in words: HEAD has none
            }

            // A conflict where the server stands where we do, or has everything, is not about the offset: the key is taken.
            if (state.Offset is not { } reached
                || (IsConflict(failure) && (reached == offset || reached >= content.Length)))
            {
                throw failure;
            }

            _isLengthSaid |= state.Length is not null;
            failed = reached > offset ? 0 : failed;
            offset = reached;
        }
    }

    /// <summary>Sends a piece once.</summary>
    /// <returns>How far the server is then.</returns>
    private async ValueTask<long> AppendAsync(
        bool async, string id, long offset, UploadSource chunk, CancellationToken cancellationToken)
    {
        ApiRequest request = calls.Addressed(requests.Append(id, offset, _isLengthSaid ? null : content.Length));
        CofferTransport transport = calls.Transport;
        return await transport.Transfers.SendOnceAsync(
            async, request.What, body => transport.MessageFor(request, body, requestId: null, retryCount: 0), chunk,
            options.Progress is { } progress ? new ChunkProgress(progress, offset, content.Length) : null,
            transport.TimeoutOf(request), ReadAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask<long> ReadAsync(HttpResponseMessage answer, Deadline deadline)
        {
            TusAnswer state = await calls.TusAsync(async, answer, request, deadline).ConfigureAwait(false);
            long end = offset + chunk.Length!.Value;
            long reached = state.Offset ?? end;
            return reached <= end && (reached > offset || chunk.Length == 0)
                ? reached
                : throw new CofferException($"{request.What}: after bytes {offset} to {end} the server is at {reached}.");
        }
    }

    private ValueTask<TusAnswer> HeadAsync(bool async, ApiRequest request, CancellationToken cancellationToken) =>
        calls.TusAsync(async, request, cancellationToken);

    /// <summary>Any other refusal may pass: a token that expired is renewed, a policy comes back.</summary>
    private static bool IsGone(StorageException refused) => refused.StatusCode is 404 or 410;

    /// <summary>Whether the key, the size or the media type is refused; then the upload's bytes are all there.</summary>
    private static bool IsOfWhatWasSaid(StorageException refused) => refused.StatusCode is 409 or 413 or 415;

    private static bool IsConflict(CofferException error) => error is StorageException { StatusCode: 409 };

    /// <summary>Puts a piece's progress at its place in the whole.</summary>
    private sealed class ChunkProgress(IProgress<TransferProgress> whole, long offset, long? length) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            if (value.BytesDone > 0)
            {
                whole.Report(new(offset + value.BytesDone, length));
            }
        }
    }
}
