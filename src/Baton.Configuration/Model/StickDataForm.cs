namespace Baton.Configuration.Model;

/// <summary>How a data type is kept.</summary>
public enum StickDataForm : byte
{
    /// <summary>32 bits.</summary>
    Number,

    /// <summary>64 bits.</summary>
    LongNumber,

    /// <summary>Events of a period: when it began, those in it, those of the one before.</summary>
    Rate,

    /// <summary>One of the texts that the table knows.</summary>
    Text,
}
