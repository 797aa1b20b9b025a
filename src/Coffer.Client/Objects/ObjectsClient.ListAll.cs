using System.Runtime.CompilerServices;

namespace Coffer.Client;

public partial class ObjectsClient
{
    /// <summary>Walks through every object that matches, newest first, fetching a page whenever the last is used up.</summary>
    /// <param name="request">
    /// Filters, where to begin and the size of a page (not of the walk); null for everything. The total is only counted when
    /// asked for, since nobody sees it.
    /// </param>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <remarks>An object that is created during the walk may be left out, one that is deleted may still come.</remarks>
    public virtual async IAsyncEnumerable<ObjectView> ListAllAsync(
        ObjectListRequest? request = null,
        RequestOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (ObjectListRequest? next = FirstPage(request); next is not null;)
        {
            ObjectPage page = await ListAsync(next, options, cancellationToken).ConfigureAwait(false);
            foreach (ObjectView view in page.Objects)
            {
                yield return view;
            }

            next = PageAfter(page, next);
        }
    }

    /// <inheritdoc cref="ListAllAsync"/>
    public virtual IEnumerable<ObjectView> ListAll(
        ObjectListRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        for (ObjectListRequest? next = FirstPage(request); next is not null;)
        {
            ObjectPage page = List(next, options, cancellationToken);
            foreach (ObjectView view in page.Objects)
            {
                yield return view;
            }

            next = PageAfter(page, next);
        }
    }

    private static ObjectListRequest FirstPage(ObjectListRequest? request)
    {
        request ??= new();
        return request with { IncludeTotalCount = request.IncludeTotalCount ?? false };
    }

    // A cursor that does not move would fetch the same page for ever.
    private static ObjectListRequest? PageAfter(ObjectPage page, ObjectListRequest request) =>
        page.HasMore && page.Objects is [.., { } last] && last.Id != request.StartingAfter
            ? request with { StartingAfter = last.Id }
            : null;
}
