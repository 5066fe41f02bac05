//! `GET /api`: the API to read.

/// Every operation, in groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiReference {
    /// What the API is, in a few sentences.
    pub about: String,
    /// The groups, in the order in which they are read.
    pub groups: Vec<ApiGroup>,
}

/// Operations that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiGroup {
    /// Its name.
    pub name: String,
    /// What it is about.
    pub about: String,
    /// Its operations.
    pub operations: Vec<ApiOperation>,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiOperation {
    /// Its name in the document, which is also the anchor on the page.
    pub id: String,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path, with `{name}` for its parameters.
    pub path: String,
    /// What it does, in a few words.
    pub summary: String,
    /// More about it; may be empty.
    pub about: String,
    /// The scope that the token needs; `None` when it needs none.
    pub scope: Option<String>,
    /// What stands in the path, the query and the headers.
    pub parameters: Vec<ApiParameter>,
    /// What is sent.
    pub body: Option<ApiBody>,
    /// What may come back.
    pub answers: Vec<ApiAnswer>,
    /// A call as one types it in a shell.
    pub curl: String,
}

/// A parameter of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiParameter {
    /// Its name.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// What kind of value it has, in words.
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What it is for.
    pub about: String,
}

/// What an operation is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiBody {
    /// Its media type.
    pub media_type: String,
    /// A body that could be sent; empty for what is no JSON.
    pub example: String,
    /// The members of a JSON object.
    pub members: Vec<ApiParameter>,
}

/// What an operation may answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiAnswer {
    /// The status.
    pub status: String,
    /// When it comes.
    pub about: String,
}
