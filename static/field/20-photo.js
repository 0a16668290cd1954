/* A photo made small before it is kept: at most 1600 px, JPEG; what it says of place and telephone is left out. */
(function (zhihui) {
  "use strict";
  const EDGE = 1600;
  const QUALITY = 0.8;

  /** A Blob of the picture in a file. Rejected for what is no picture. */
  zhihui.photo = async function (file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const share = Math.min(1, EDGE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * share));
    canvas.height = Math.max(1, Math.round(picture.height * share));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("photo"))), "image/jpeg", QUALITY);
    });
  };
})(window.zhihui);
