// What the body of an answer is to whom it is for, whatever it was where it came from.
using Baton.Http.Headers;

namespace Baton.Http.Messages;

/// <summary>Settles the body of a head that is about to go on.</summary>
public static class BodyFraming
{
    /// <summary>An answer of that status to a request of that method has a body, be it an empty one (RFC 9110 §6.4.1).</summary>
    public static bool HasBody(int status, HttpMethod method) =>
        method != HttpMethod.Head && status is >= 200 and not (204 or 304) && (method != HttpMethod.Connect || status >= 300);

    /// <summary>
    /// The answer to a request of <paramref name="method"/> as its status is now, after all rules: does the client expect a body, or
    /// not? What the message has and the client does not expect must not be sent (false: the body it came with is to be dropped);
    /// where one is expected and there is none it is said to be empty. Else the client would take a body for the next answer, or the
    /// next answer for a body (RFC 9112 §6.3).
    /// </summary>
    public static bool FrameFor(MessageHead head, HttpMethod method)
    {
        bool expectsBody = HasBody(head.Status, method);
        if (!expectsBody && head.Body != BodyKind.None)
        {
            head.Body = BodyKind.None;
            head.IsFramingEdited = head.AreFieldsModified = true;
            return false;
        }
        if (expectsBody && head.Body == BodyKind.None && head.ContentLength != 0)
        {
            head.ContentLength = 0;
            head.IsFramingEdited = head.AreFieldsModified = true;
        }
        // what must have no length has none, whatever status it had when it came
        if (
            head.Status is 204 or 304
            && (head.Find(HeaderId.TransferEncoding) >= 0 || head.Status == 204 && head.Find(HeaderId.ContentLength) >= 0)
        )
            head.IsFramingEdited = head.AreFieldsModified = true;
        return true;
    }
}
